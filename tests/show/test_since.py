"""What the dashboard says happened since somebody was here last."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accoil.count import days
from accoil.count.ids import ACCOUNT, id_of
from accoil.score.definition import Definition
from accoil.segment import keeping
from accoil.segment.built_ins import with_built_ins
from accoil.segment.filling import fill_in
from accoil.segment.models import Reason, Round, Segment, Size, Stay
from accoil.segment.rounds import Rounds
from accoil.show.courses import line_of
from accoil.show.models import Visit
from tests.show.conftest import EVERYDAY
from tests.show.reading import link_to, main

NOW = timezone.now()


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/"


def came(busy, segment: Segment, *names: str, at: datetime = NOW, reason: Reason = Reason.FACTS, **data: int) -> None:
    round = Round.objects.create(profile=busy.profile, at=at, day=days.number(at.date()), reason=reason, data=data)
    for name in names:
        entity = id_of(busy.web.pk, ACCOUNT, name)
        Stay.objects.create(segment=segment, entity=entity, entered_day=round.day, entered_in=round)


def segment(busy, key: str) -> Segment:
    return next(each for each in with_built_ins(busy.profile) if each.key == key and each.scope == "account")


def was_here(busy, ago: timedelta) -> None:
    Visit.objects.update_or_create(user=busy.ann, product=busy.web, defaults={"last_at": NOW - ago, "before": None})


def since(answer) -> str:
    return main(answer).partition("Since you were here ")[2].partition(" Cooled down lost 10")[0]


def test_a_first_visit_looks_back_on_a_week(ann, busy, home):
    came(busy, segment(busy, "cold"), "globex", at=NOW - timedelta(days=3))
    assert "In the last week 1 account began to cool down · $3,000 a month Globex $3,000" in main(ann.get(home))


def test_only_what_came_after_the_last_visit_is_told(ann, busy, home):
    was_here(busy, timedelta(days=2))
    came(busy, segment(busy, "cold"), "globex", at=NOW - timedelta(days=4))
    came(busy, segment(busy, "hot"), "acme", at=NOW - timedelta(days=1))
    told = since(ann.get(home))
    assert "1 account began to warm up" in told and "Acme Ltd" in told
    assert "cool down" not in told


def test_it_still_says_so_while_the_visit_goes_on(ann, busy, home):
    was_here(busy, timedelta(days=2))
    came(busy, segment(busy, "hot"), "acme", at=NOW - timedelta(days=1))
    assert since(ann.get(home)) == since(ann.get(home)) != ""


def test_those_who_need_somebody_stand_first_and_own_segments_before_good_news(ann, busy, home):
    was_here(busy, timedelta(days=2))
    own = keeping.create(busy.profile, "account", "Key accounts", {"all": []})
    for each in (segment(busy, "new"), segment(busy, "hot"), own, segment(busy, "inactive"), segment(busy, "cold")):
        came(busy, each, "acme")
    told = since(ann.get(home))
    said = ["began to cool down", "became inactive", "came into Key accounts", "began to warm up", "arrived"]
    assert sorted(said, key=told.index) == said


def test_who_came_because_a_rule_was_changed_is_not_told(ann, busy, home):
    was_here(busy, timedelta(days=2))
    came(busy, segment(busy, "cold"), "globex", reason=Reason.RULE)
    came(busy, segment(busy, "hot"), "acme", reason=Reason.FILLED_IN, first=1)
    assert "Nobody began to cool down or warm up, became inactive or arrived since then." in since(ann.get(home))


def test_who_left_again_is_not_told(ann, busy, home):
    was_here(busy, timedelta(days=2))
    came(busy, segment(busy, "cold"), "globex")
    Stay.objects.update(left_day=days.number(NOW.date()) + 1)
    assert "Nobody began to cool down" in since(ann.get(home))


def test_of_a_segment_whose_past_is_worked_out_nobody_is_told_until_it_is(ann, busy, home):
    was_here(busy, timedelta(days=2))
    cold, hot = segment(busy, "cold"), segment(busy, "hot")
    for each, name in ((cold, "globex"), (hot, "acme")):
        Segment.objects.filter(pk=each.pk).update(recorded_from=days.number(NOW.date()))
        came(busy, each, name)
    (filling,) = fill_in([segment(busy, "cold")], days.number(NOW.date()) - 60)
    told = since(ann.get(home))
    assert "cool down" not in told and "1 account began to warm up" in told
    assert "Who else came and went is still being worked out; look again in a minute." in told
    filling.delete()
    told = since(ann.get(home))
    assert "1 account began to cool down" in told and "being worked out" not in told


def test_days_that_are_being_worked_out_are_not_drawn(ann, busy):
    all_of_them, today = segment(busy, "all"), days.number(busy.web.today())
    Segment.objects.filter(pk=all_of_them.pk).update(recorded_from=today, filled_from=None)
    Size.objects.filter(segment=all_of_them).delete()
    for day, members in ((today - 9, 1), (today - 8, 2), (today, 3)):
        Size.objects.create(segment=all_of_them, day=day, members=members, value=0)
    frame = ann.get(f"/p/{busy.web.pk}/segments").context["frame"]
    assert line_of(frame, segment(busy, "all"), 10) == [None] * 9 + [3]
    Segment.objects.filter(pk=all_of_them.pk).update(filled_from=today - 9)
    assert line_of(frame, segment(busy, "all"), 10) == [1] + [2] * 8 + [3]


def test_the_line_leads_to_the_list_of_those(ann, busy, home):
    was_here(busy, timedelta(days=2))
    cold = segment(busy, "cold")
    came(busy, cold, "globex")
    came(busy, cold, "acme", at=NOW - timedelta(days=4))
    page = ann.get(link_to(ann.get(home), "1 account began to cool down · $3,000 a month"))
    assert page.context["narrowed"].segment == cold
    assert [row["name"] for row in page.context["rows"]] == ["Globex"]
    assert "1 of 3 accounts that came into Ice Cold since" in main(page)


def test_a_moment_that_cannot_be_read_is_told(ann, busy):
    cold = segment(busy, "cold")
    answer = ann.get(f"/p/{busy.web.pk}/accounts?in={cold.pk}&came=lately")
    assert answer.status_code == 404 and "cannot be read" in answer.content.decode()


def test_each_person_and_product_has_a_visit_of_its_own(ann, bob, eve, busy, home):
    was_here(busy, timedelta(days=2))
    assert "In the last week" in main(bob.get(home))
    assert eve.get(home).status_code == 404
    assert Visit.objects.filter(user=busy.eve).count() == 0


def test_a_past_day_tells_of_itself_alone(ann, busy, home):
    assert "In the last week" not in main(ann.get(f"{home}?as_of=2026-03-29"))


def test_a_long_absence_is_told_of_the_last_90_days(ann, busy, home):
    was_here(busy, timedelta(days=400))
    came(busy, segment(busy, "cold"), "globex", at=NOW - timedelta(days=200))
    assert "Nobody began to cool down" in since(ann.get(home))


def test_the_dashboard_shows_how_many_were_activated_day_by_day(ann, busy):
    home = f"/p/{busy.web.pk}"
    assert "Activated accounts" not in main(ann.get(f"{home}/habits"))
    steps = {"account": [{"event": "Report_Created"}]}
    busy.profile.save_definition(Definition.check({"events": EVERYDAY.events, "activation": steps}), busy.ann)
    Rounds().look(busy.profile)
    assert "Activated accounts have done all steps of activation" in main(ann.get(f"{home}/habits"))
