"""The scripts in docs/clients for browsers do what they say, word for word but for address, key and import."""

from __future__ import annotations

import re

import pytest

from tests.browser.clients.conftest import MODULES, Visit
from tests.browser.clients.test_rudder import BUNDLED
from tests.browser.clients.test_segment import UMD
from tests.clients.test_pages import ADDRESS, KEY, PAGES

STANDALONE = MODULES / "@segment/analytics-next/dist/umd/standalone.js"


def block(visit: Visit, page: str, language: str, with_it: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)
    (text,) = [text for text in found if with_it in text]
    return text.replace(ADDRESS, visit.door.address).replace(KEY, visit.door.key)


@pytest.mark.parametrize(
    ("page", "package", "file", "name"),
    [
        ("segment-browser.md", "@segment/analytics-next", UMD, "AnalyticsNext"),
        ("rudder.md", "@rudderstack/analytics-js/bundled", BUNDLED, "rudderanalytics"),
    ],
    ids=["segment-browser.md", "rudder.md"],
)
def test_scripts_that_import_a_package(visit: Visit, page: str, package: str, file: str, name: str) -> None:
    script = block(visit, page, "js", package)
    bundled = re.sub(r"import (\{.*?\}) from .*;", rf"const \1 = {name};", script)  # as a bundler would
    assert bundled != script
    visit.carry(file)
    visit.run(f"() => {{ {bundled} }}")
    visit.counts({"Report_Created": 1})


def test_the_snippet_in_the_page(visit: Visit) -> None:
    visit.site.pages["/standalone.js"] = STANDALONE.read_text(), {}
    visit.page.goto(visit.site.put("/", block(visit, "segment-browser.md", "html", "standalone.js")))
    visit.counts({"Report_Created": 1})
