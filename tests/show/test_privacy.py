"""Deleting somebody from their page, and Settings > Privacy."""

import json

import pytest
from django.db import transaction
from django.utils import timezone

from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.erase import asking, suppression
from accoil.erase.models import Erasure, Suppression
from accoil.team.audit import AuditLine
from tests.show.reading import words


def page_of(world, kind: str, name: str) -> str:
    return f"/p/{world.web.pk}/{kind}s/{id_of(world.web.pk, USER if kind == 'user' else ACCOUNT, name)}"


@pytest.fixture
def privacy(world) -> str:
    return f"/p/{world.web.pk}/settings/privacy"


def end(erasure: Erasure) -> None:
    """As the server leaves it when it is done."""
    erasure.note("journal", removed=7, changed=1, unreadable=0)
    erasure.note("records", counts={"stays in segments": 2})
    erasure.sent = [{"what": "Webhook: Send", "at": "2026-03-30T12:00:00+00:00", "by": "the automation “Tell”"}]
    erasure.state, erasure.secret, erasure.finished_at = "done", "", timezone.now()
    erasure.save()


def test_whoever_types_the_id_deletes_and_the_audit_log_names_nobody(ann, busy, privacy):
    user = page_of(busy, "user", "ann")
    assert f"{user}/delete" in ann.get(user).content.decode()
    asked = words(ann.get(f"{user}/delete"))
    assert "Delete Ann Marlow for good?" in asked
    assert "Type the id ann" in asked
    answer = ann.post(f"{user}/delete", {"id": "ann"}, follow=True)
    assert answer.redirect_chain[-1][0] == privacy
    assert "calls of this user are refused from now on" in words(answer)
    [erasure] = Erasure.objects.filter(product=busy.web)
    assert erasure.who == "ann@example.com"
    assert erasure.told == {"id": "ann", "names": ["Ann Marlow", "ann@acme.example", "ann"]}
    known = suppression.of(busy.web.pk)
    assert known
    assert (known.has_user("ann"), known.has_user("bob")) == (True, False)
    line = AuditLine.objects.first()
    assert line
    assert (line.action, line.what) == (
        "delete-user", f"Deletion {erasure.pk} has begun: calls of this user are refused from now on.",
    )  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), [("", "Type the id."), ("Ann", "That is another id.")])
def test_another_id_deletes_nobody(ann, busy, typed, said):
    answer = ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Erasure.objects.exists()


def test_asked_for_twice_it_is_one_deletion(ann, busy):
    for _ in range(2):
        ann.post(f"{page_of(busy, 'account', 'acme')}/delete", {"id": "acme"})
    assert [each.kind for each in Erasure.objects.all()] == ["account"]


def test_members_see_no_button_and_may_not(bob, busy):
    user = page_of(busy, "user", "ann")
    assert "/delete" not in bob.get(user).content.decode()
    assert bob.get(f"{user}/delete").status_code == 403
    assert bob.post(f"{user}/delete", {"id": "ann"}).status_code == 403
    assert bob.get(f"{user}/held").status_code == 403


def test_nothing_was_deleted_says_how_to(ann, busy, privacy):
    said = words(ann.get(privacy))
    assert "Nobody was deleted in Web." in said
    assert "open its page" in said


def test_a_deletion_on_its_way_says_how_far_it_is_and_why_it_waits(ann, busy, privacy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": "ann"})
    Erasure.objects.update(state="numbers", done=30, total=120, problem="The journal has lost the blocks 3 to 5.")
    said = words(ann.get(privacy, HTTP_HX_REQUEST="true"))
    assert "1 deletion is on its way." in said
    assert "Step 2 of 4: Counting anew, 25 %" in said
    assert "The journal has lost the blocks 3 to 5." in said
    assert "every 2s" in ann.get(privacy).content.decode()
    lifted = ann.post(f"{privacy}/deletions/{Erasure.objects.get().pk}/lift", follow=True)
    assert "still on its way" in words(lifted)
    assert Suppression.objects.exists()


def test_a_receipt_tells_what_was_removed_and_names_nobody(ann, busy, privacy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": "ann"})
    erasure = Erasure.objects.get()
    assert ann.get(f"{privacy}/deletions/{erasure.pk}").status_code == 404
    end(erasure)
    assert "1 deletion is done; what is sent of it is refused." in words(ann.get(privacy))
    answer = ann.get(f"{privacy}/deletions/{erasure.pk}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="deletion-{erasure.pk}.json"'
    told = json.loads(answer.content)
    assert told["removed"][0]["what"] == "7 calls removed, and the mention in 1 call of others."
    assert told["sent_before"][0]["by"] == "the automation “Tell”"
    assert told["asked_by"] == "ann@example.com"
    assert "Marlow" not in answer.content.decode()


def test_an_id_is_looked_up_and_stands_in_no_address(ann, bob, busy, privacy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": "ann"})
    end(erasure := Erasure.objects.get())
    assert f"Deletion {erasure.pk}: asked for" in words(bob.post(privacy, {"kind": "user", "id": "ann"}))
    assert "Nobody with this id was deleted." in words(bob.post(privacy, {"kind": "account", "id": "ann"}))
    assert not AuditLine.objects.filter(action="privacy").exists()


def test_lifted_they_may_be_sent_again_under_every_id(ann, busy, privacy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": "ann"})
    erasure = Erasure.objects.get()
    suppression.add(erasure, "ann's browser", is_other_id=True)
    end(erasure)
    assert suppression.of(busy.web.pk).has_user("ann's browser")
    lifted = ann.post(f"{privacy}/deletions/{erasure.pk}/lift", follow=True)
    assert f"Deletion {erasure.pk} is lifted" in words(lifted)
    assert suppression.of(busy.web.pk) is None
    assert "It was lifted" in words(ann.post(privacy, {"kind": "user", "id": "ann"}))


def test_a_deletion_that_never_came_about_hides_no_later_one(busy):
    with transaction.atomic():
        asking.begin(busy.evil, "user", "ann", ["ann"])
        assert suppression.of(busy.evil.pk)
        transaction.set_rollback(True)
    asking.begin(busy.web, "user", "ann", ["ann"])
    assert suppression.of(busy.evil.pk) is None
    assert suppression.of(busy.web.pk).has_user("ann")


def test_all_that_is_held_of_somebody_is_a_file(ann, busy):
    answer = ann.get(f"{page_of(busy, 'user', 'ann')}/held")
    told = json.loads(answer.getvalue())
    assert told["user"] == "ann"
    assert told["traits"]["email"] == "ann@acme.example"
    assert told["memberships"] == [{"day": "2026-03-01", "user": "ann", "account": "acme"}]
    assert [(row["day"], row["event"], row["count"]) for row in told["counts"]] == [
        ("2026-03-23", "Report_Created", 1), ("2026-03-30", "Report_Created", 4),
    ]  # fmt: skip
    assert len(told["calls"]) == 7
    assert {call["user"] for call in told["calls"]} == {"ann"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_an_account_every_call_that_names_it_is_held(ann, busy):
    told = json.loads(ann.get(f"{page_of(busy, 'account', 'acme')}/held").getvalue())
    assert told["account"] == "acme"
    assert told["traits"]["plan"] == "Growth"
    assert sorted(call["user"] for call in told["calls"]) == ["ann", "bob"]


def test_another_team_finds_none_of_it(eve, ann, busy, privacy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/delete", {"id": "ann"})
    [erasure] = Erasure.objects.all()
    end(erasure)
    own = f"/p/{busy.evil.pk}/settings/privacy"
    for path in (f"{own}/deletions/{erasure.pk}", f"{privacy}/deletions/{erasure.pk}", f"{privacy}"):
        assert eve.get(path).status_code == 404
    assert eve.post(f"{own}/deletions/{erasure.pk}/lift").status_code == 404
    assert "Nobody with this id was deleted." in words(eve.post(own, {"kind": "user", "id": "ann"}))
    assert Suppression.objects.exists()
