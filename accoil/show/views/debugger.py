"""What became of the last calls, live. Nothing of it is kept anywhere but in the server's memory."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from accoil.count.facts import facts
from accoil.count.outcomes import last_calls
from accoil.receive.debugger import debugger, is_elsewhere
from accoil.show import calls, ingest_words, words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.whole import whole
from accoil.team.models import Team

ELSEWHERE = "Other servers receive, and this one knows none of their last calls; Ingest health counts them."

Row = dict[str, Any]


def debugger_page(request: HttpRequest, product_id: int) -> HttpResponse:
    """The whole page, or for htmx the part with the lines. A page that holds (paused, or somebody reads) is only told
    how many are new, so that no line moves."""
    frame = frame_of(request, product_id, "settings")
    if request.headers.get("HX-Request") != "true":
        return page(frame, "show/debugger.html", told(frame))
    known, now = request.GET.get("known", ""), version(frame)
    if known == now:
        return HttpResponse(status=204)
    if request.GET.get("hold"):
        return news(frame, known)
    return page(frame, "show/debugger_lines.html", {**told(frame), "is_part": True})


def version(frame: Frame) -> str:
    """Changes with every line, with every load, which may change what became of lines, and with what is looked for:
    an answer that a newer search overtook is set right by the next."""
    product, wanted = frame.product.pk, urlencode(calls.wanted(frame.request.GET).query)
    return f"{debugger().number(product)}-{facts().version[product]}-{crc32(wanted.encode())}"


def news(frame: Frame, known: str) -> HttpResponse:
    now = debugger().number(frame.product.pk)
    new = now - whole(known.split("-")[0], now)
    if new <= 0:
        return HttpResponse(status=204)
    link = frame.link("debugger", **calls.wanted(frame.request.GET).query)
    said = format_html('{} · <a class="link" href="{}">Show</a>', words.count(new, "new call"), link)
    return HttpResponse(said, headers={"HX-Retarget": "#news", "HX-Reswap": "innerHTML"})


def told(frame: Frame) -> Row:
    now = version(frame)  # before the lines: what comes in between is then asked for again
    wanted, paused = calls.wanted(frame.request.GET), bool(frame.request.GET.get("paused"))
    every = last_calls(frame.product.pk, frame.today)
    fit = [line for line in every if wanted.takes(line)]
    counts = calls.outcome_counts(fit)
    chosen = [line for line in fit if not wanted.outcome or wanted.outcome in line.outcomes]
    keys = dict(frame.product.ingest_keys.values_list("id", "name"))
    pause = {"paused": "1"} if paused else {}

    def link(**changed: Any) -> str:
        return frame.link("debugger", **replace(wanted, **changed).query, **pause)

    return {
        "sentence": ELSEWHERE
        if is_elsewhere()
        else ingest_words.debugger_sentence(calls.outcome_counts(every), len(every)),
        "rows": [calls.row(frame, line, keys) for line in chosen[: wanted.shown]],
        "found": len(chosen),
        "more": link(shown=wanted.shown + calls.SHOWN) if len(chosen) > wanted.shown else "",
        "none_at_all": not every,
        "is_elsewhere": is_elsewhere(),
        "strangers": strangers(),
        "wanted": wanted,
        "types": calls.TYPES,
        "keys": sorted(keys.items()),
        "paused": paused,
        "choices": [
            {"label": "All", "count": len(fit), "link": link(outcome=""), "here": not wanted.outcome},
            *(
                {"label": each.label, "count": counts[name], "link": link(outcome=name), "here": name == wanted.outcome}
                for name, each in ingest_words.OUTCOMES.items()
                if counts[name] or name == wanted.outcome
            ),
        ],
        "poll": frame.link("debugger", **wanted.query, **({"hold": "1", "paused": "1"} if paused else {}), known=now),
        "toggle": frame.link("debugger", **wanted.query, **({} if paused else {"paused": "1"})),
        "everything": frame.link("debugger", **pause),
    }


def strangers() -> int:
    """Requests since the start by a key that nobody has. They may be anybody's, so only a server of one team tells."""
    return debugger().sources.strangers if Team.objects.count() == 1 else 0
