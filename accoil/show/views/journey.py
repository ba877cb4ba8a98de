"""The editor of one journey: its stages from the top, each with a rule, and how many would stand in each."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.tree import Group, Rule
from accoil.segment import journeys as keeping
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Journey
from accoil.segment.watched import names, rule_of
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.rules import form, seen, telling
from accoil.show.rules.drafts import Branch, Row
from accoil.show.rules.telling import Typed
from accoil.show.seen import Seen
from accoil.show.segment_pages import FILLED, deleted, editing, framed, list_link, scope_of
from accoil.show.views.journeys import seen_scope
from accoil.show.whole import whole

Values = dict[str, Any]

ONE_LINE = Typed("", Branch("all", (Row(),)))


@dataclass(frozen=True)
class Stage:
    """One stage as typed; `id` is 0 for a new one."""

    name: str = ""
    id: int = 0
    rule: Typed = ONE_LINE


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "journeys")
    scope = scope_of(request)
    if request.method == "POST":
        return answer(frame, scope, None, read(request.POST))
    return editor(frame, scope, None, numbered([Stage(), Stage()]))


def edit(request: HttpRequest, product_id: int, journey_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, Journey, journey_id)
    scope = seen_scope(found)
    if request.method == "POST":
        return answer(frame, scope, found, read(request.POST))
    stages = [
        Stage(stage.name, stage.pk, telling.of_rule("", rule_of(stage, frame.definition)))
        for stage in found.stages.order_by("position")
    ]
    return editor(frame, scope, found, numbered(stages))


def delete(request: HttpRequest, product_id: int, journey_id: int) -> HttpResponse:
    return deleted(*framed(request, product_id, Journey, journey_id), keeping.delete)


def answer(frame: Frame, scope: Kind, found: Journey | None, stages: list[Stage]) -> HttpResponse:
    """Tells about what is typed, or saves it."""
    request = frame.request
    do = request.POST.get("do", "")
    turned = [replace(stage, rule=telling.turned(stage.rule, do, scope)[0]) for stage in stages]
    stages = numbered(acted(turned, do))
    if request.headers.get("HX-Request") == "true":
        values = told(frame, scope, found, stages)
        return page(frame, "show/journey_told.html", {**values, "restaged": do.startswith("stage ")})
    if do != "save":
        return editor(frame, scope, found, stages)
    try:
        return save(frame, scope, found, stages)
    except Refused as wrong:
        return editor(frame, scope, found, stages, str(wrong), 422)


def save(frame: Frame, scope: Kind, found: Journey | None, stages: list[Stage]) -> HttpResponse:
    name = frame.request.POST.get("name", "")
    made = [keeping.Stage(stage.name, _written(stage), stage.id) for stage in stages]
    if found:
        keeping.change(found, name, made)
        messages.success(frame.request, f"“{found.name}” is saved. Who moves by it is noted as such.")
        return redirect(frame.link("journey", found.pk))
    journey = keeping.create(frame.chosen, scope, name, made, frame.author, FILLED)
    messages.success(frame.request, f"“{journey.name}” is made. Who is in which stage is being written down.")
    return redirect(list_link(frame, "journey", scope))


def _written(stage: Stage) -> telling.Written:
    with At(f"Stage “{stage.name}”"):
        raw = stage.rule.written()
    if raw is None:
        raise Refused(f"Stage “{stage.name}”: say who is in it: add a condition.")
    return raw


def read(fields: QueryDict) -> list[Stage]:
    """The stages as typed, in their order."""
    stages = []
    for number in range(keeping.MOST_STAGES):
        if f"stage-{number}-name" in fields:
            rule = telling.typed(fields, f"stage{number}")
            known = whole(fields.get(f"stage-{number}-id"))
            stages.append(Stage(fields.get(f"stage-{number}-name", "").strip(), known, rule))
    return stages


def acted(stages: list[Stage], do: str) -> list[Stage]:
    """With what a button does: `stage add`, `stage up N`, `stage down N`, `stage away N`."""
    verb, _, number = do.removeprefix("stage ").partition(" ")
    if not do.startswith("stage "):
        return stages
    if verb == "add" and len(stages) < keeping.MOST_STAGES:
        return [*stages, Stage()]
    at = whole(number, len(stages))
    if at >= len(stages):
        return stages
    rest = stages[:at] + stages[at + 1 :]
    if verb == "away":
        return rest
    to = at + (-1 if verb == "up" else 1)
    return [*rest[: max(to, 0)], stages[at], *rest[max(to, 0) :]]


def numbered(stages: list[Stage]) -> list[Stage]:
    """With the rules' fields called by their place."""
    return [replace(stage, rule=replace(stage.rule, name=f"stage{at}")) for at, stage in enumerate(stages)]


def editor(
    frame: Frame, scope: Kind, found: Journey | None, stages: list[Stage], refusal: str = "", status: int = 200
) -> HttpResponse:
    values = editing(frame, "journey", scope, found, refusal)
    return page(frame, "show/journey_edit.html", {**values, **told(frame, scope, found, stages)}, status)


def told(frame: Frame, scope: Kind, found: Journey | None, stages: list[Stage]) -> Values:
    """The forms of the rules, and who would stand where."""
    sees = Seen(frame)
    others = [each for each in with_built_ins(frame.chosen) if found is None or each.journey_id != found.pk]
    known = names(frame.chosen, scope, frame.definition, others)
    offer = form.offered(frame.product.pk, scope, frame.today, known)
    fields = frame.request.POST
    above: list[Rule] = []
    rows: list[Values] = []
    for number, stage in enumerate(stages):
        says = seen.told(stage.rule, scope, known, sees)
        whole = says["whole"]
        rows.append(
            {
                "number": number,
                "stage": stage,
                "rule": telling.shown(stage.rule, fields, offer),
                "told": says,
                "inside": _inside(whole, above, scope, sees) if whole else None,
            }
        )
        above += [whole] if whole else []
    everyone = sees.summary[f"{scope}s"]
    placed = sum(row["inside"] or 0 for row in rows)
    return {
        "stages": rows,
        "rule_post": frame.request.get_full_path(),
        "rule_target": "#told",
        "window": frame.definition.window,
        "kind": scope,
        "may_add": len(stages) < keeping.MOST_STAGES,
        "everyone": everyone,
        "nowhere": everyone - placed,
        "most": max((row["inside"] or 0 for row in rows), default=0) or 1,
    }


def _inside(rule: Rule, above: list[Rule], scope: Kind, sees: Seen) -> int:
    return sees.book.count(Group("all", (rule, Group("none", tuple(above)))) if above else rule, scope)
