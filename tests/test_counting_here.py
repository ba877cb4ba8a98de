"""Commands that count where no server runs count as the server would."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accoil.count.counting import Counting
from accoil.counting_here import counting_here
from accoil.importing import desk
from accoil.receive.calls import EVENT, IDENTIFY, Call
from accoil.receive.importing import Imports
from accoil.refused import Refused
from accoil.score.configuration import Configuration
from accoil.score.day_summary import DaySummary
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests.small_worlds import at


@pytest.fixture
def product(db: None) -> Product:
    """In a zone of its own, with a trait that names accounts, and days that are summed up since 10 March."""
    product = Product.objects.create(team=Team.objects.create(name="T"), name="Web", time_zone="Asia/Tokyo")
    Configuration.objects.create(product=product, account_id="company_id")
    profile = Profile.objects.create(product=product, name="Everyday")
    definition = Definition(events={"Report": 1}).to_yaml_dict()
    version = profile.versions.create(number=1, definition=definition, in_force_from=date(2026, 3, 1))
    computed = datetime(2026, 3, 10, tzinfo=UTC)
    figures = {"benchmark": 50, "users": 0, "accounts": 0, "active_users": 0, "active_accounts": 0}
    DaySummary.objects.create(version=version, day=date(2026, 3, 9), computed_at=computed, **figures)
    return product


def told(counting: Counting) -> dict[str, list[dict[str, object]]]:
    ask = counting.facts.store.rows
    return {
        "accounts": ask("select name from name where kind = 2"),
        "late": ask("select product, day, received from late"),
        "days": ask("select distinct day from counts"),
    }


def test_zones_traits_and_what_is_summed_up_are_those_of_the_settings(product: Product, tmp_path: Path) -> None:
    late = [
        Call(type="identify", messageId="1", userId="ann", kind=IDENTIFY, at=at(9), pairs=[("company_id", '"acme"')]),
        Call(type="track", messageId="2", userId="ann", event="Report", kind=EVENT, at=at(9, 20)),
    ]
    counting = counting_here(tmp_path)
    try:
        counting.journal.write(product.pk, at(12), late)
        counting.start()
        assert counting.wait_counted()
        found = told(counting)
        day = (date(2026, 3, 10) - date(1970, 1, 1)).days  # in Tokyo
        assert found == {
            "accounts": [{"name": "acme"}],
            "late": [{"product": product.pk, "day": day, "received": at(12)}],
            "days": [{"day": day}],
        }
        counting.rebuild()
        assert told(counting) == found
        with pytest.raises(Refused, match="Another Accoil process is using"):
            counting_here(tmp_path)
    finally:
        counting.stop()


def test_where_imports_can_not_begin_the_folder_is_free_again(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Imports, "open", lambda at, resume: (tmp_path / "missing").stat())
    with pytest.raises(FileNotFoundError), desk(tmp_path):
        pass
    counting_here(tmp_path).stop()
