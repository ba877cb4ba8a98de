"""Each tool tells by itself what can be wrong with it; pages that look know none by name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accoil.connect.connection import Tool
from accoil.connect.models import Connection
from accoil.connect.tools import TOOLS
from accoil.connect.troubles import Check
from accoil.show import following, troubleshooting
from accoil.team.models import Team


@pytest.mark.parametrize("module", [troubleshooting, following])
def test_pages_that_look_for_what_is_wrong_name_no_tool(module) -> None:
    text = Path(module.__file__).read_text().replace("Segment names only", "")  # a mode, not the tool
    assert not [tool.name for tool in TOOLS.values() if tool.name in text or f"connect.{tool.key}" in text]


@pytest.mark.django_db
@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.key)
def test_what_a_tool_looks_at_is_a_question_with_sentences(tool: Tool) -> None:
    team = Team.objects.create(name="Acme")
    team.products.create(name="Web")
    joined = Connection.objects.create(team=team, tool=tool.key)
    joined.inbox_asked_at = datetime(2026, 3, 31, tzinfo=UTC)
    found = tool.checks(joined, lambda product: [])
    assert len(found) == {"intercom": 2, "salesforce": 1}.get(tool.key, 0)
    for each in found:
        assert isinstance(each, Check) and each.question.endswith("?") and bool(each.mends) == bool(each.how)
        assert all(answer.endswith(".") for answer in each.answers)
        assert each.at is not None or "{at}" not in "".join(each.answers)
