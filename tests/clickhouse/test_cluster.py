"""How tables are made on a cluster: the text alone."""

import re

import pytest

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

from accoil.refused import Refused
from accoil.store import cluster, on_each
from accoil.store.clickhouse import schema
from accoil.store.tables import BY_NAME


def test_a_table_is_a_replicated_part_on_each_server_and_one_over_all() -> None:
    (counts,) = [each for each in schema("facts") if each.startswith("create table counts")]
    here, over_all, newest, asked = cluster.spread(counts, "accoil_1", "ours")
    assert here.startswith(
        "create table if not exists accoil_1.counts_versions_here on cluster ours (\n    product Int32, day Int32,"
    )
    assert here.endswith(
        "engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)\n"
        "order by (product, day, account_id, user_id, event_id, given_id, sent_as)"
    )
    assert over_all == (
        "create table if not exists accoil_1.counts_versions on cluster ours as accoil_1.counts_versions_here\n"
        "engine = Distributed(ours, accoil_1, counts_versions_here, user_id)"
    )
    assert newest == (
        "create view if not exists accoil_1.counts_here on cluster ours as\n"
        "select * except (version, deleted) from accoil_1.counts_versions_here final where deleted = 0"
    )
    assert asked.startswith(
        "create table if not exists accoil_1.counts on cluster ours (\n    product Int32, day Int32,"
    )
    assert asked.endswith("sent_as Int64)\nengine = Distributed(ours, accoil_1, counts_here, user_id)")


@pytest.mark.parametrize("statement", schema("facts") + schema("generations"), ids=lambda each: each.split()[2])
def test_all_rows_of_a_key_are_on_one_server(statement: str) -> None:
    tables = [each for each in cluster.spread(statement, "accoil_1", "ours") if "engine = Distributed(" in each]
    (by,) = {found[1]: found for each in tables if (found := re.search(r", (\w+)\)$", each))}.values()
    name = statement.split()[2]
    if name in BY_NAME:
        assert by[1] in BY_NAME[name].keys
        assert re.search(rf"\b{by[1]} Int(32|64)\b", statement)  # ClickHouse refuses what is no whole number
    else:
        assert by[1] == "0"


def test_each_server_holds_all_that_lies_in_the_mailbox() -> None:
    """So it is one mailbox, whichever a receiver puts blocks into and the process that counts asks."""
    block, taken = on_each.made("mailbox", "accoil", "ours")
    assert block.startswith("create table if not exists accoil.block on cluster ours (\n    receiver String,")
    assert block.endswith(
        "engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}', '{shard}_{replica}')\n"
        "order by (receiver, number)\nsettings replicated_deduplication_window = 0"
    )
    assert "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}', '{shard}_{replica}', number)" in taken


def test_each_server_knows_who_counts() -> None:
    (claim,) = on_each.made("claim", "accoil", "ours")
    assert claim.startswith("create table if not exists accoil.claim on cluster ours (")
    assert "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}', '{shard}_{replica}', version)" in claim


def test_who_asks_how_far_it_is_waits_for_servers_that_are_behind() -> None:
    waits = cluster.caught_up("counts_versions_here", "accoil_1", "ours")
    assert waits == "system sync replica on cluster ours accoil_1.counts_versions_here lightweight"


def test_what_does_not_say_how_it_is_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="no table"):
        cluster.spread("create table counts (n Int64) engine = Memory", "accoil_1", "ours")


def test_the_name_of_a_cluster_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster.name() == ""
    monkeypatch.setenv(cluster.CLUSTER, "ours")
    assert cluster.name() == "ours"
    monkeypatch.setenv(cluster.CLUSTER, "ours; drop")
    with pytest.raises(Refused, match="ACCOIL_CLICKHOUSE_CLUSTER"):
        cluster.name()
