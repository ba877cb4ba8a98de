"""What holds for every page: no inline style or script, titles, sign-in pages, pages that say something went wrong."""

import re

import pytest
from django.core.cache import cache
from django.template.loader import get_template
from django.test import Client

from tests.show.reading import link_to, links, main, words

INLINE = re.compile(r"""<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:""", re.IGNORECASE)


def every_page(client, world) -> dict[str, object]:
    home = f"/p/{world.web.pk}"
    accounts, users = client.get(f"{home}/accounts"), client.get(f"{home}/users")
    paths = [
        "/",
        "/accounts",
        "/users",
        "/profiles",
        "/profiles/new",
        f"/profiles/{world.profile.pk}",
        "/settings",
        "/settings/keys",
        "/settings/keys/new",
        "/settings/connect",
        "/settings/mappings",
        "/settings/mappings/new",
        "/settings/mappings/track",
        "/start",
    ]
    pages = {path: client.get(home + path) for path in paths}
    return pages | {
        "a key": client.get(f"{home}/settings/keys/{world.web.ingest_keys.get().pk}"),
        "an account": client.get(link_to(accounts, "Acme Ltd")),
        "a user": client.get(link_to(users, "Ann Marlow")),
        "signing in": Client().get("/sign-in/"),
        "a forgotten password": Client().get("/sign-in/password/reset/"),
        "another password": client.get("/sign-in/password/change/"),
        "signing out": client.get("/sign-in/out/"),
        "nothing": client.get("/nothing-here"),
    }


def test_no_page_carries_inline_style_or_script(ann, busy):
    for name, page in every_page(ann, busy).items():
        assert not INLINE.search(page.content.decode()), name
        assert "style-src 'self'" in page.headers["Content-Security-Policy"], name


def test_every_page_has_a_title_of_its_own_one_heading_and_a_language(ann, busy):
    titles = []
    for name, page in every_page(ann, busy).items():
        content = page.content.decode()
        titles += re.findall(r"<title>([^<]+)</title>", content)
        assert content.count("<h1") == 1, name
        assert '<html lang="en">' in content, name
    assert len(titles) == len(set(titles))


def test_every_link_of_every_page_leads_somewhere(ann, busy):
    found = {link for page in every_page(ann, busy).values() for link in links(page) if link.startswith("/")}
    for link in sorted(found):
        status = ann.get(link).status_code
        assert status in (200, 301, 302), (link, status)


def test_every_field_has_a_label(ann, busy):
    for name, page in every_page(ann, busy).items():
        content = page.content.decode()
        for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", content):
            if 'type="hidden"' in field or "aria-label=" in field:
                continue
            own = re.search(r'\sid="([^"]+)"', field)
            labelled = own and f'for="{own[1]}"' in content
            inside = re.search(r"<label[^>]*>(?:(?!</label>).)*" + re.escape(field), content, re.DOTALL)
            assert labelled or inside, (name, field)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, busy):
    cache.clear()
    busy.ann.set_password("a long walk home")
    busy.ann.save()
    wanted = client.get(f"/p/{busy.web.pk}/users").headers["Location"]
    assert b'name="next"' in client.get(wanted).content
    form = {"login": "ann@example.com", "password": "a long walk home", "next": f"/p/{busy.web.pk}/users"}
    assert client.post(wanted, form).headers["Location"] == f"/p/{busy.web.pk}/users"


def test_a_wrong_password_is_said_beside_the_form(client, world):
    cache.clear()
    page = client.post("/sign-in/", {"login": "ann@example.com", "password": "wrong"})
    assert 'role="alert"' in page.content.decode()
    assert "wrong" not in words(page)


def test_an_address_that_is_nothing_says_where_to_go(ann, busy):
    page = ann.get("/nothing-here")
    assert page.status_code == 404
    assert "There is nothing here" in words(page)
    assert link_to(page, "Go to the dashboard") == "/"


def test_a_missing_page_gives_our_reason_but_not_the_frameworks(ann, busy):
    assert "There is no such product in your teams." in words(ann.get("/p/999999/"))
    assert "Resolver404" not in words(ann.get("/nothing-here"))


def test_a_page_that_was_open_too_long_says_that_nothing_was_changed(busy):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(busy.ann)
    page = strict.post(f"/p/{busy.web.pk}/settings/tokens", {"name": "x"})
    assert page.status_code == 403
    assert "Nothing was changed" in words(page)


def test_a_page_that_breaks_says_whose_fault_it_is(world, ann, monkeypatch):
    ann.raise_request_exception = False
    monkeypatch.delattr("accoil.team.models.Product.today")
    page = ann.get(f"/p/{world.web.pk}/")
    assert page.status_code == 500
    assert "This is our fault" in words(page)
    assert not INLINE.search(page.content.decode())


def test_the_style_page_shows_every_part_in_debug_only(client, settings, db):
    assert client.get("/style").status_code == 404
    settings.DEBUG = True
    page = client.get("/style")
    assert page.status_code == 200
    for part in (
        "score",
        "spark",
        "tiles",
        "table",
        "chart",
        "adds",
        "histogram",
        "bands",
        "steps",
        "empty",
        "snippet",
        "toast",
        "field",
        "paging",
        "rule-group",
        "sync-mode",
        "plan",
        "automation-actions",
        "automation-says",
    ):
        assert re.search(rf'class="(?:[\w-]+ )*{part}[ "]', page.content.decode()), part
    assert not INLINE.search(page.content.decode())


def test_the_picture_of_the_tab_is_found_wherever_browsers_look(client, db):
    assert client.get("/favicon.ico").headers["Location"] == "/static/accoil/mark.svg"


@pytest.mark.parametrize(
    "name", ["account/signup_closed", "account/account_inactive", "account/password_reset_done", "403"]
)
def test_rarely_seen_pages_can_be_drawn(rf, name):
    assert "<h1" in get_template(f"{name}.html").render({}, rf.get("/"))


def test_main_is_where_the_skip_link_leads(ann, busy):
    page = ann.get(f"/p/{busy.web.pk}/")
    assert b'href="#content"' in page.content
    assert main(page)
