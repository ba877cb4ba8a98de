"""The demo company, served as `accoil demo` does, and every kind of page that links lead to from its dashboard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.openid.provider import CLIENT, SECRET, Provider, running
from tests.whole import begin, free_port, wait_for_answer

TOOLS = ("intercom", "hubspot", "slack", "salesforce", "segment")  # pages of the first are called by the page alone
FILES = (".csv", ".parquet", ".jsonl", ".svg")
# Addresses that lead on, away, or to a file.
NO_PAGES = {"account_logout", "home", "import-errors", "begin-tool", "openapi-json", "held-user", "held-account",
            "openid-begin"}  # fmt: skip


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
    """With stand-ins for the tools that can be connected, and for a provider of sign-ins."""
    port = free_port()
    beside = (f"--with-fake-{each}" for each in TOOLS)
    words = ("--port", str(port), "--users", str(users), "--days", str(days), *beside)
    with running() as provider:
        yield from _served(data, port, words, provider)


def _served(data: Path, port: int, words: tuple[str, ...], provider: Provider) -> Iterator[Company]:
    chosen = {
        "ACCOIL_OIDC_ISSUER": provider.address,
        "ACCOIL_OIDC_CLIENT_ID": CLIENT,
        "ACCOIL_OIDC_CLIENT_SECRET": SECRET,
        "ACCOIL_OIDC_NAME": "Ledgerly SSO",
    }
    server = begin(data, "demo", *words, settings=chosen)
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        assert server.stdout is not None
        told = next(found for line in server.stdout if (found := re.search(r"Sign in with\s+(\S+)\s+(\S+)", line)))
        yield Company(f"http://127.0.0.1:{port}", told[1], told[2])
    finally:
        server.terminate()
        server.communicate(timeout=60)


def every_page(page: Page, company: Company) -> dict[str, str]:
    """Name of the address → the first address that a link led to, of all pages that can be reached. What each tool has
    a page of its own for is looked at for each."""
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
        found = resolve(path)
    except Resolver404:
        return None
    tool = found.kwargs.get("tool", TOOLS[0])
    name = found.url_name if tool == TOOLS[0] else f"{found.url_name}-{tool}"
    return None if found.url_name in NO_PAGES else name
