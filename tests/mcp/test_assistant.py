"""`accoil mcp`, asked by a real client of the protocol: through a server that runs, and without one."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.door import ask
from tests.whole import accoil, begin, env, free_port, serving, wait_for_answer

pytestmark = pytest.mark.xdist_group("an assistant")

QUESTIONS = {
    "profiles", "accounts", "users", "account", "user", "explain", "why", "history", "segments", "segment_members",
    "what_if", "events", "features", "counts",
}  # fmt: skip
PROFILE = "profiles:\n  - {name: Everyone, window: 7, events: {Report: 5, Login: 1}, benchmark: {fixed: 20}}\n"
CALLS = [
    {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"name": "Acme", "mrr": 5000}},
    {"type": "identify", "userId": "ann", "traits": {"email": "ann@acme.example", "role": "admin"}},
    *({"type": "track", "userId": "ann", "event": "Report", "messageId": f"m{n}"} for n in range(3)),
    {"type": "track", "userId": "ann", "event": "Login", "messageId": "m9"},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which ann of acme has done something."""
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "p.yaml").write_text(PROFILE)
    with serving(folder) as (address, key):
        headers = {"Content-Type": "application/json"}
        assert (
            ask(address, "POST", f"/v1/batch?writeKey={key}", json.dumps({"batch": CALLS}).encode(), headers).status
            == 200
        )
        done = accoil(folder, "apply", str(folder / "p.yaml"))
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def served(data: Path):
    """The same while a server runs."""
    port = free_port()
    server = begin(data, "serve", "--port", str(port))
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        yield data
    finally:
        server.terminate()
        server.communicate(timeout=60)


@asynccontextmanager
async def assistant(data: Path) -> AsyncIterator[Client]:
    command = StdioServerParameters(command=sys.executable, args=["-m", "accoil", "mcp"], env=env(data))
    async with Client(stdio_client(command)) as client:
        yield client


def talk(data: Path, conversation: Callable[[Client], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        async with assistant(data) as client:
            await conversation(client)

    asyncio.run(asyncio.wait_for(all_of_it(), 90))


async def asked(client: Client, name: str, **parameters: Any) -> dict[str, Any]:
    result = await client.call_tool(name, parameters)
    assert not result.is_error, result.content
    told: dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == told
    return told


async def everything(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == QUESTIONS
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert all("workspace_id" not in tool.input_schema["required"] for tool in tools)

    profile = (await asked(client, "profiles"))["data"][0]
    user = (await asked(client, "users", match_type="email", match_value="ann@acme.example"))["data"][0]
    account = (await asked(client, "accounts", workspace_id=profile["id"]))["data"][0]
    assert (user["metrics"]["raw_score"], account["name"]) == (16, "Acme")

    one = await asked(client, "account", id=account["id"], expand="insights,traits")
    assert one["traits"]["mrr"] == 5000 and one["insights"]["health"] == "healthy"
    assert (await asked(client, "user", id=user["id"], expand="traits", traits="role"))["traits"] == {"role": "admin"}
    for kind, who in (("account", account), ("user", user)):
        explained = await asked(client, "explain", kind=kind, id=who["id"])
        assert sum(part["points"] for part in explained["parts"]) == explained["raw"] == 16
        history = await asked(client, "history", kind=kind, id=who["id"])
        assert history["data"][-1]["score"] == explained["score"] == who["metrics"]["score"]
    assert (await asked(client, "counts", group_by="event"))["total_count"] == 4

    why = await asked(client, "why", kind="user", id=user["id"])
    assert (
        sum(why["parts"].values()) == why["change"] == user["metrics"]["change"] and "Report 3 times" in why["sentence"]
    )
    segments = await asked(client, "segments", scope="account", limit=100)
    most = next(row for row in segments["data"] if row["name"] == "Most Engaged")
    assert [row["name"] for row in (await asked(client, "segment_members", id=most["id"]))["data"]] == ["Acme"]
    drafted = await asked(client, "what_if", profile={"events": {"Login": 1}, "benchmark": {"fixed": 20}})
    assert {row["name"] for row in drafted["movers"]} == {"Acme", "ann@acme.example"}

    events = await asked(client, "events", scope="user")
    assert [(row["event"], row["did"], row["times"]) for row in events["data"]] == [("Login", 1, 1), ("Report", 1, 3)]
    assert (await asked(client, "features"))["data"] == []

    provenance = explained["provenance"]
    assert (provenance["product"], provenance["profile"], provenance["version"]) == ("P", "Everyone", 1)
    assert provenance["definition"]["events"] == {"Report": 5, "Login": 1}
    assert provenance["as_of"] == history["data"][-1]["day"] and provenance["computed_at"]

    wrong = await client.call_tool("explain", {"kind": "account", "id": 12345})
    assert wrong.is_error and wrong.content[0].text == "There is no such account in this product."
    wrong = await client.call_tool("users", {"sort": "shoe_size"})
    assert wrong.is_error and "shoe_size" in wrong.content[0].text
    wrong = await client.call_tool("users", {"as_of": "tomorrow"})
    assert wrong.is_error and "as_of" in wrong.content[0].text
    wrong = await client.call_tool("what_if", {"profile": {"events": {}}})
    assert wrong.is_error and "events" in wrong.content[0].text
    wrong = await client.call_tool("delete_everything", {})
    assert wrong.is_error


def test_an_assistant_asks_the_server_that_runs(served: Path) -> None:
    talk(served, everything)


def test_an_assistant_asks_the_files_when_no_server_runs(data: Path) -> None:
    talk(data, everything)
    assert accoil(data, "doctor").returncode == 0  # and leaves them as they were


def test_which_product_is_meant_must_be_clear(data: Path) -> None:
    refused = accoil(data, "mcp", "--product", "Nowhere")
    assert refused.returncode == 1 and "Nowhere" in refused.stderr
