"""The check-list of the first steps: each turns green when it is done, and the page stops asking when all are."""

from accoil.score.access import May, ProfileAccess
from tests.show.conftest import EVERYDAY, receive
from tests.show.reading import link_to, main, words
from tests.small_worlds import at, did, joins


def steps(client, product) -> str:
    part = client.get(f"/p/{product.pk}/start", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    return part.content.decode()


def test_a_new_product_is_told_how_to_send_its_first_event(eve, world):
    page = eve.get(f"/p/{world.evil.pk}/start")
    assert "Send one event" in main(page)
    assert world.evil.ingest_keys.get().key in page.content.decode()
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert link_to(page, "Connect it") == f"/p/{world.evil.pk}/settings/connect"


def test_the_first_event_turns_the_first_step_green(eve, world, engine):
    assert steps(eve, world.evil).count('class="done"') == 0
    receive(engine, world.evil, [did("una", "Report_Created", at(30), 3)])
    after = steps(eve, world.evil)
    assert after.count('class="done"') == 1
    assert "3 events from 1 user" in after
    assert "See the proposal" in after


def test_the_first_company_turns_the_second_step_green(eve, world, engine):
    receive(engine, world.evil, [did("una", "Report_Created", at(30)), joins("una", "acme", at(30))])
    after = steps(eve, world.evil)
    assert after.count('class="done"') == 2
    assert "1 account: acme." in after


def test_while_nothing_new_arrives_the_page_is_left_alone(eve, world):
    address = f"/p/{world.evil.pk}/start?known=0-0-0"
    assert eve.get(address, headers={"HX-Request": "true"}).status_code == 204
    assert eve.get(address).status_code == 200


def test_when_all_is_done_the_page_stops_asking(ann, busy):
    done = steps(ann, busy.web)
    assert done.count('class="done"') == 3
    assert "hx-trigger" not in done
    assert "Open the dashboard" in done


def test_first_steps_leave_the_menu_with_the_first_profile(eve, world, engine):
    receive(engine, world.evil, [did("una", "Report_Created", at(30))])
    assert "First steps" in words(eve.get(f"/p/{world.evil.pk}/settings"))
    world.profile.create(world.evil, "First", EVERYDAY)
    assert "First steps" not in words(eve.get(f"/p/{world.evil.pk}/settings"))


def test_somebody_to_whom_no_profile_is_open_is_told_who_can_help(bob, busy):
    member = busy.web.team.members.get(user=busy.bob)
    ProfileAccess.objects.create(profile=busy.profile, member=member, may=May.NONE)
    answer = bob.get(f"/p/{busy.web.pk}/accounts")
    page = bob.get(answer.headers["Location"])
    assert "No profile of Web is open to you yet" in words(page)
    assert "First steps" not in words(page)
    assert "Send one event" not in words(page)
