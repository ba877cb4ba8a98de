"""A person's way through the provider and back, over HTTP."""

from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.test import Client


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def asked_of(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items() if name != "tenant"}


def decide(link: str, email: str, said: str = "yes") -> str:
    """What somebody answers on the provider's page; the path to return to."""
    body = urlencode({**asked_of(link), "email": email, "said": said}).encode()
    opener = build_opener(_Stay)
    opener.open(link)
    address = Request(link.split("?")[0], body)
    try:
        opener.open(address)
    except OSError as answer:
        back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def go(client: Client, email: str, then: str = "", said: str = "yes"):
    """From the button on the page to sign in, to the answer after the way back."""
    begun = client.get("/sign-in/with", {"next": then} if then else {})
    assert begun.status_code == 302, begun.content.decode()
    return client.get(decide(begun["Location"], email, said))


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")
