"""Whom an automation would have fired for in the past, as the pages show it."""

from dataclasses import replace
from typing import Any

from accoil.act.automations import Draft
from accoil.act.models import Automation
from accoil.act.tried import DAYS, Backtest, automation_backtest
from accoil.count.people import names
from accoil.refused import Refused
from accoil.show.automations import saying
from accoil.show.automations.typed import Typed
from accoil.show.frame import Frame

SHOWN = 12

Values = dict[str, Any]


def of_typed(frame: Frame, typed: Typed, itself: Automation | None) -> Values:
    """Of what is typed; a name is not needed for it."""
    try:
        draft = replace(typed, name=saying.NAMELESS).draft()
    except Refused as wrong:
        return {"looked": {"wrong": saying.plainly(wrong)}}
    return of_draft(frame, draft, itself)


def of_draft(frame: Frame, draft: Draft, itself: Automation | None) -> Values:
    """What was found; until then how far it is."""
    try:
        run = automation_backtest(frame.chosen, draft, DAYS, itself, frame.request.user.pk)
    except Refused as wrong:
        return {"looked": {"wrong": saying.plainly(wrong)}}
    if run.is_replaced:
        return {"looked": {"wrong": run.failed, "replaced": True}}
    if not run.wait():
        return {"looked": {"running": run}}
    if run.found is None:
        return {"looked": {"wrong": f"It could not be looked back: {run.failed}"}}
    return {"looked": {"found": run.found, "rows": _rows(frame, run.found), "more": len(run.found.fired) - SHOWN}}


def _rows(frame: Frame, found: Backtest) -> list[Values]:
    """The newest first."""
    newest = found.fired[-SHOWN:][::-1]
    known = names(frame.product.pk, found.scope, [each.entity for each in newest])
    return [
        {"day": each.day, "name": known.get(each.entity, "somebody"), "link": frame.link(found.scope, each.entity)}
        for each in newest
    ]
