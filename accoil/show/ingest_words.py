"""What became of a call, why, and what the person should do about it, in words. Pure functions of what is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.receive.calls import DROPPED, OWN
from accoil.receive.caps import TOO_MANY_EVENTS
from accoil.receive.lines import (
    ACCEPTED,
    ANONYMOUS,
    CAME_BACK,
    DUPLICATE,
    LATE_,
    MAPPED_AWAY,
    REFUSED,
    REJECTED,
    UNATTRIBUTED,
)
from accoil.show import words
from accoil.show.sentences import bold


@dataclass(frozen=True)
class Outcome:
    name: str
    label: str
    tone: str  # good, bad, odd or dull: the colour of its dot
    about: str = ""
    to_do: str = ""


OUTCOMES = {
    outcome.name: outcome
    for outcome in (
        Outcome(ACCEPTED, "Accepted", "good", "It is on disk and in every number."),
        Outcome(REJECTED, "Rejected", "bad"),
        Outcome(REFUSED, "Refused", "bad", "The whole request was turned away; nothing of it counts."),
        Outcome(
            UNATTRIBUTED, "No account", "odd",
            "The person has no account today, so it counts for the person alone.",
            "Send a group call with this userId and the id of the company: after sign-in, or from your server.",
        ),
        Outcome(
            ANONYMOUS, "Anonymous", "odd",
            "It names no userId, so it counts for nobody yet.",
            "It counts as soon as an identify call with both ids, or an alias call, says whose anonymousId it is.",
        ),
        Outcome(
            LATE_, "Late", "odd",
            "It tells of a day that is past; that day, and every number that depends on it, was counted anew.",
            "Nothing, when somebody was offline or history is being sent. Else look at the clock of the sender.",
        ),
        Outcome(
            DUPLICATE, "Duplicate", "dull",
            "A call with this message id had come before. It counts once.",
            "Nothing, when it was a retry. Two different calls need two message ids.",
        ),
        Outcome(
            MAPPED_AWAY, "Dropped", "dull",
            "A mapping of this product does not want it.",
            "Change the mapping if it should count.",
        ),
        Outcome(
            CAME_BACK, "Came back", "dull",
            "It does not count, so nothing goes round in circles.",
            "Nothing. To save the calls, name your Accoil destination when you connect Segment: it is left out then.",
        ),
    )
}  # fmt: skip

# How a reason begins → what to do about it.
ADVICE = {
    TOO_MANY_EVENTS: "Keep ids, dates and numbers out of event names, or raise the cap on Ingest health.",
    "`userId` is missing": "Pass the id your own database has for the person, or an anonymousId before sign-in.",
    "`event` is missing": "Name what was done, in the second argument of track: Report_Created.",
    "`groupId` is missing": "Pass the id your own database has for the company as the first argument of group.",
    "`type` ": "SDKs set it. By hand, post to /v1/track and the like, where the path says it.",
    "`alias` needs": "Pass the new id as userId and the one used before as previousId.",
    "`userId` and `previousId` are the same": "Leave this alias call out: there is nothing to join.",
    "This is nested": "Send traits that are plain values; deep structures are not needed here.",
    "Each item of `batch`": "Put whole calls into batch: objects with type, userId and event.",
    "`": "Send ids as text or whole numbers.",
}

# Code of a refusal → what it was, what to do.
REFUSALS = {
    "invalid_json": ("The body is not JSON", "Send a JSON object, or an array of calls."),
    "invalid_payload": ("The body holds no calls", "Send an object with `batch`, a list of at most 10,000 calls."),
    "invalid_event": ("A call that can't be counted", "Its reason stands in the debugger."),
    "key_disabled": ("The key is switched off", "Switch it on in Settings, or give the sender another key."),
    "origin_not_allowed": ("A web page that may not use the key", "Add the page's address to the origins of the key."),
    "invalid_signature": ("A signature that does not fit", "Give sender and key the same secret."),
    "method_not_allowed": ("Not a POST", "Send calls with POST."),
    "timeout": ("The body took too long", "Nothing, when a phone lost its network; SDKs send it again."),
    "payload_too_large": ("The request is too large", "Send batches of at most 5 MB; SDKs do."),
    "unsupported_encoding": ("A compression that is not read", "Use gzip, deflate or none."),
    "rate_limited": ("More calls than the key may send", "SDKs send them again. Raise its limit if need be."),
    "internal": ("A mistake of Accoil's own", "Its log says what went wrong. Most SDKs send it again for a while."),
    "unavailable": ("The server or its disk was full", "SDKs send it again. If it goes on, see its log."),
}  # fmt: skip


def reason(told: str) -> tuple[str, str]:
    """A reason as it was counted → what it was, what to do about it."""
    if told == DROPPED:
        return "Dropped by a mapping", OUTCOMES[MAPPED_AWAY].to_do
    if told == OWN:
        return "Sent to Segment by Accoil itself, and came back", OUTCOMES[CAME_BACK].to_do
    status, _, code = told.partition(" ")
    if status.isdecimal():
        what, to_do = REFUSALS.get(code, (code.replace("_", " ").capitalize() or "Refused", ""))
        return f"{what} ({status})", to_do
    return told, to_do_about(told)


def to_do_about(told: str) -> str:
    return next((to_do for beginning, to_do in ADVICE.items() if told.startswith(beginning)), "")


def debugger_sentence(counts: Mapping[str, int], total: int) -> SafeString:
    """Of the last 412 calls, 3 were rejected and 12 came from people without an account."""
    if not total:
        return format_html("{}", "Nothing has arrived since the server started.")
    said = {
        REJECTED: ("was rejected", "were rejected"),
        REFUSED: ("was refused", "were refused"),
        UNATTRIBUTED: ("came from somebody without an account", "came from people without an account"),
        ANONYMOUS: ("was anonymous", "were anonymous"),
    }
    found = [format_html("{} {}", bold(words.number(counts[each])), said[each][counts[each] != 1])
             for each in said if counts.get(each)]  # fmt: skip
    calls = bold(words.number(total))
    if not found:
        return format_html("All of the last {} calls were accepted.", calls) if total > 1 else format_html(
            "The {} call that arrived was accepted.", bold("one")
        )  # fmt: skip
    end = format_html("{} and {}", SafeString(", ".join(found[:-1])), found[-1]) if len(found) > 1 else found[0]
    return format_html("Of the last {} {}, {}.", calls, "call" if total == 1 else "calls", end)


def how_late(at: date, received: date) -> str:
    """counted for 12 March, 3 days before it arrived"""
    return f"counted for {words.full_day(at)}, {words.count((received - at).days, 'day')} before it arrived"
