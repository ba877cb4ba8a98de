"""The Model Context Protocol itself, spoken by its official library."""

import asyncio
from collections.abc import Callable
from typing import Any

import mcp_types as types
import msgspec
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from accoil import __version__
from accoil.show.mcp.tools import TOOLS, takes

Row = dict[str, Any]

INSTRUCTIONS = """Engagement numbers of one product: who uses it how much, and why the scores are what they are.
Everything is read-only. Scores are 0–100 (fractions beside them), money is in cents, days are local days of the
product. Begin with `profiles`; find people with `accounts` and `users`. Each answer has its `provenance`: of which day
it is (`as_of`), under which version and definition, and when it was computed. Say it along with the figures."""


def serve(ask: Callable[[str, Row], Row]) -> None:
    """Until the client closes. `ask` answers as `questions.ask` does."""
    asyncio.run(_serve(_server(ask)))


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _server(ask: Callable[[str, Row], Row]) -> Server[Any]:
    async def list_tools(context: Any, asked: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=_TOOLS)

    async def call_tool(context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        # Questions take their time, and the client must be heard meanwhile.
        told = await asyncio.to_thread(ask, asked.name, asked.arguments or {})
        if "wrong" in told:
            return types.CallToolResult(content=[types.TextContent(text=told["wrong"])], is_error=True)
        text = msgspec.json.encode(told["answer"]).decode()
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=told["answer"])

    return Server(
        "accoil",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


_TOOLS = [
    types.Tool(
        name=tool.name,
        description=tool.words,
        input_schema=takes(tool),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )
    for tool in TOOLS.values()
]
