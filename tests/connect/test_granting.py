"""Signing in at a tool, and staying so."""

import pytest

from accoil.connect.connection import SignInAgain, TryLater
from accoil.connect.granting import App
from tests.connect.scripted import Reply


def renewed(tool) -> None:
    app = App(tool="HubSpot", address=tool.url, path="/token", revokes="/revoke", id="app", secret="s3cret")
    app.renewed("r1")


@pytest.mark.parametrize(
    "body",
    [b'{"error": "invalid_grant"}', b'{"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}'],
)
def test_a_token_that_the_tool_takes_no_more_ends_the_sign_in(tool, body):
    tool.replies = [Reply(400, body)]
    with pytest.raises(SignInAgain):
        renewed(tool)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
@pytest.mark.parametrize("body", [b"<html>Log in to the network</html>", b"Denied by policy", b""])
def test_what_somebody_else_says_in_the_tools_place_does_not(tool, clock, status, body):
    tool.replies = [Reply(status, body)]
    with pytest.raises(TryLater):
        renewed(tool)
