"""How tables are made on a cluster: the text alone."""

import re

import pytest

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

from accoil.refused import Refused
from accoil.store import cluster, on_each
from accoil.store.clickhouse import schema, written
from accoil.store.generations import tables_of_today
from accoil.store.tables import BY_NAME


def test_a_table_is_a_replicated_part_on_each_server_and_one_over_all() -> None:
    (counts,) = [each for each in schema("facts") if each.startswith("create table counts")]
    here, over_all, newest, asked = cluster.spread(counts, "accoil_1", "ours")
    assert here.startswith(
        "create table if not exists accoil_1.counts_versions_here on cluster ours (\n    product Int32, day Int32,"
    )
    assert "deleted UInt8,\n    index by_user user_id type bloom_filter(0.001) granularity 1\n)" in here
    assert here.endswith(
        "engine = ReplicatedReplacingMergeTree("
        "'/clickhouse/tables/accoil_1.counts_versions/{shard}', '{replica}', version)\n"
        "partition by intDiv(day, 30)\norder by (product, account_id, user_id, day, event_id, given_id, sent_as)"
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
        "engine = ReplicatedReplacingMergeTree('/clickhouse/tables/accoil.block', '{shard}_{replica}')\n"
        "order by (receiver, number)\nsettings replicated_deduplication_window = 0"
    )
    assert "ReplicatedReplacingMergeTree('/clickhouse/tables/accoil.taken', '{shard}_{replica}', number)" in taken


def test_each_server_knows_who_counts() -> None:
    (claim,) = on_each.made("claim", "accoil", "ours")
    assert claim.startswith("create table if not exists accoil.claim on cluster ours (")
    assert "ReplicatedReplacingMergeTree('/clickhouse/tables/accoil.claim', '{shard}_{replica}', version)" in claim


def test_a_server_that_joins_later_has_the_part_that_the_others_hold() -> None:
    """`on cluster`, each statement has a `{uuid}` of its own."""
    statements = [each for one in schema("facts") + schema("generations") for each in cluster.spread(one, "a", "ours")]
    statements += [each for name in ("mailbox", "claim") for each in on_each.made(name, "a", "ours")]
    paths = [found[1] for each in statements if (found := re.search(r"engine = Replicated\w+\('([^']+)'", each))]
    assert len(paths) == len(set(paths)) == len(BY_NAME) + 2 + 3
    assert not [path for path in paths if "{uuid}" in path]


def test_who_connects_makes_only_what_the_server_lacks() -> None:
    statements = cluster.spread(schema("facts")[0], "accoil_1", "ours")
    assert cluster.lacking(statements, set()) == statements
    assert cluster.lacking(statements, {"product_versions_here", "product_versions", "product_here", "product"}) == []
    assert cluster.lacking(statements, {"product_versions_here", "product_versions", "product_here"}) == statements[3:]


def test_other_tables_on_a_cluster_are_another_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cluster.CLUSTER, "ours")
    before = tables_of_today()
    monkeypatch.setattr(cluster, "WHERE", "'/elsewhere/NAME/{shard}', '{replica}'")
    assert tables_of_today() != before


def test_who_asks_how_far_it_is_waits_for_servers_that_are_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    question = cluster.missing(["counts_versions_here", "ever_versions_here"], "accoil_1", "ours")
    assert "from clusterAllReplicas(ours, system.replicas) where database = 'accoil_1'" in question
    assert "table in ('counts_versions_here', 'ever_versions_here') settings skip_unavailable_shards = 1" in question
    left = [2, 1, 0]
    cluster.wait(lambda: left.pop(0))
    assert left == []
    monkeypatch.setattr(cluster, "CATCH_UP_WITHIN", 0.0)
    with pytest.raises(cluster.Behind):
        cluster.wait(lambda: 1)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("where a in (select id from x)", "where a global in (select id from x)"),
        ("where (a, b) not in (\n  select a, b", "where (a, b) global not in (\n  select a, b"),
        ("where a in (1, 2) and b in (x, y)", "where a in (1, 2) and b in (x, y)"),
        ("from a join b using (c) left join d", "from a global join b using (c) global left join d"),
        ("from a full join b cross join c", "from a global full join b global cross join c"),
        ("where a = 'left join' and joined in (with", "where a = 'left join' and joined global in (with"),
    ],
)
def test_what_stands_in_an_inner_question_is_found_out_once(question: str, expected: str) -> None:
    assert cluster.asked_once(question) == expected


def test_a_question_says_so_where_there_is_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    question = "select id from {users} where id in (select user_id from span)"
    assert "global" not in written(question, {"users": "kept.users"}, {})[0]
    monkeypatch.setenv(cluster.CLUSTER, "ours")
    assert " id global in (select" in written(question, {"users": "kept.users"}, {})[0]


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
