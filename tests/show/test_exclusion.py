"""Leaving somebody out of a profile, and what their page says then."""

from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.score.definition import Definition
from tests.show.conftest import EVERYDAY
from tests.show.reading import main, words


def page_of(world, kind: str, name: str) -> str:
    return f"/p/{world.web.pk}/{kind}s/{id_of(world.web.pk, USER if kind == 'user' else ACCOUNT, name)}"


def test_an_account_is_excluded_with_a_note_and_included_again(ann, busy):
    acme = page_of(busy, "account", "acme")
    assert "Exclude from profile" in main(ann.get(acme))
    page = ann.post(f"{acme}/exclude", follow=True)
    assert "Acme Ltd no longer counts under Everyday: version 2, from today." in words(page)
    assert "Not scored: left out by name." in main(page)
    version = busy.profile.current
    assert (version.note, version.author) == ("Account acme excluded", busy.ann)
    assert version.parsed.exclude.accounts == ("acme",)
    assert "Acme Ltd" not in main(ann.get(f"/p/{busy.web.pk}/accounts"))
    its_user = main(ann.get(page_of(busy, "user", "ann")))
    assert "Not scored: belongs to an account that is left out." in its_user
    assert "Include in profile" not in its_user
    page = ann.post(f"{acme}/include", follow=True)
    assert "Acme Ltd counts again under Everyday: version 3, from today." in words(page)
    assert busy.profile.current.parsed == EVERYDAY
    assert "Acme Ltd" in main(ann.get(f"/p/{busy.web.pk}/accounts"))


def test_a_user_is_excluded_and_the_others_stay(ann, busy):
    ann.post(f"{page_of(busy, 'user', 'ann')}/exclude")
    assert busy.profile.current.parsed.exclude.users == ("ann",)
    assert "Include in profile" in main(ann.get(page_of(busy, "user", "ann")))
    assert ann.get(page_of(busy, "user", "bob")).status_code == 200


def test_whoever_is_excluded_already_makes_no_version(ann, busy):
    address = f"{page_of(busy, 'user', 'ann')}/exclude"
    ann.post(address)
    ann.post(address)
    assert busy.profile.current.number == 2


def test_members_can_not_exclude_and_see_no_button(bob, busy):
    acme = page_of(busy, "account", "acme")
    assert "Exclude from profile" not in main(bob.get(acme))
    assert bob.post(f"{acme}/exclude").status_code == 403
    assert busy.profile.current.number == 1


def test_nobody_excludes_with_a_link_or_in_another_team(ann, eve, busy):
    acme = page_of(busy, "account", "acme")
    assert ann.get(f"{acme}/exclude").status_code == 405
    assert eve.post(f"{acme}/exclude").status_code == 404
    assert ann.post(f"/p/{busy.web.pk}/accounts/12345/exclude").status_code == 404
    assert ann.post(f"/p/{busy.web.pk}/accounts/{2**60}/exclude").status_code == 404


def test_a_page_says_which_part_of_the_filter_is_not_passed(ann, busy):
    rule = {"all": [{"event": "Report_Created"}, {"user_trait": "role", "is": "admin"}]}
    busy.profile.save_definition(Definition.check({"events": EVERYDAY.events, "filter": rule}), None)
    assert "Not scored: does not pass the filter (role is admin)." in main(ann.get(page_of(busy, "user", "ann")))
    text = main(ann.get(page_of(busy, "user", "bob")))
    assert "does not pass the filter (did Report_Created; role is admin)" in text
    assert "Not scored: none of its users counts." in main(ann.get(page_of(busy, "account", "acme")))


def test_the_steps_of_activation_stand_on_the_page_with_what_is_missing(ann, busy):
    steps = [{"event": "Report_Created", "at_least": 2}, {"event": "Dashboard_Viewed", "at_least": 3}]
    definition = Definition.check({"events": EVERYDAY.events, "activation": {"user": steps, "account": steps[:1]}})
    busy.profile.save_definition(definition, None)
    text = main(ann.get(page_of(busy, "user", "ann")))
    assert "Activation 1 of 2 steps" in " ".join(text.split())
    assert "Did Dashboard Viewed at least 3 times" in text
    assert "Activated" in main(ann.get(page_of(busy, "account", "acme")))
