"""The demo company, served as `accoil demo` does, and every kind of page that links lead to from its dashboard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.whole import begin, free_port, wait_for_answer

FILES = (".csv", ".parquet", ".jsonl", ".svg")
# Addresses that lead on, away, or to a file.
NO_PAGES = {"account_logout", "home", "import-errors", "begin-tool", "openapi-json", "held-user", "held-account"}


@dataclass
class Company:
    address: str
    email: str
    password: str

    def sign_in(self, page: Page) -> None:
        page.goto(f"{self.address}/sign-in/")
        page.get_by_label("Email").fill(self.email)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.address}/p/**")


@contextmanager
def serving_company(data: Path, users: int, days: int) -> Iterator[Company]:
    port = free_port()
    words = ("--port", str(port), "--users", str(users), "--days", str(days), "--with-fake-intercom")
    server = begin(data, "demo", *words)
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        assert server.stdout is not None
        told = next(found for line in server.stdout if (found := re.search(r"Sign in with\s+(\S+)\s+(\S+)", line)))
        yield Company(f"http://127.0.0.1:{port}", told[1], told[2])
    finally:
        server.terminate()
        server.communicate(timeout=60)


def every_page(page: Page, company: Company) -> dict[str, str]:
    """Name of the address → the first address that a link led to, of all pages that can be reached."""
    found, waiting = {"account_login": f"{company.address}/sign-in/"}, [page.url]
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if name is None or name in found:
            continue
        answer = page.goto(address)
        assert answer is not None and answer.ok, f"{address} is answered with {answer and answer.status}"
        found[name] = address
        links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
        waiting += [link.partition("#")[0] for link in links if link.startswith(company.address)]
    return found


def name_of(address: str) -> str | None:
    """How the program calls it; None for what is no page."""
    path = urlsplit(urljoin(address, address)).path
    if path.endswith(FILES):
        return None
    try:
        name = resolve(path).url_name
    except Resolver404:
        return None
    return None if name in NO_PAGES else name
