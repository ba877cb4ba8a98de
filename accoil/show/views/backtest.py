"""Backtest: how everyone stood before an outcome came. The address holds the question, so that it can be sent on."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accoil.act.backtests import Run, run
from accoil.count.ids import Kind
from accoil.count.people import all_names
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Rule, Scope, check
from accoil.rule.tree import words as rule_words
from accoil.score.models import Profile
from accoil.score.statistics import BANDS, Group
from accoil.segment.built_ins import with_built_ins
from accoil.show import backtest_words, previews, shares, words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.whole import whole

DAYS = (7, 14, 30, 60, 90)
PERIODS = (3, 6, 12)
ACTIVATION = ("none of the steps", "some of the steps", "all steps")

TOLD_BESIDE = (*previews.BANDS, "All Accounts", "All Users")

Values = dict[str, Any]


def backtest(request: HttpRequest, product_id: int, profile_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "profiles")
    profile = frame.own(profile_id)
    asked = Asked(frame, profile)
    values: Values = {"profile": profile, "asked": asked}
    status = 200
    if asked.is_asked:
        try:
            values |= answered(asked, run(profile, asked.scope, asked.outcome(), asked.days, asked.periods))
        except Refused as refusal:
            values["refusal"], status = str(refusal), 422
    part = request.headers.get("HX-Request") == "true"
    return page(frame, "show/backtest_told.html" if part else "show/backtest.html", values, status)


class Asked:
    """The question as it stands in the address."""

    def __init__(self, frame: Frame, profile: Profile) -> None:
        self.frame, self.profile, query = frame, profile, frame.request.GET
        self.scope: Scope = "user" if query.get("scope") == "user" else "account"
        self.by = "segment" if query.get("by") == "segment" else "trait"
        self.trait = query.get("trait", "").strip() or "account:status"
        self.value = query.get("value", "").strip()
        self.segment = query.get("segment", "")
        self.days = _one_of(query.get("days"), DAYS, 30)
        self.periods = _one_of(query.get("periods"), PERIODS, 6)
        self.is_asked = "days" in query

    @property
    def traits(self) -> list[tuple[str, str]]:
        """What can be chosen, of the scope itself first."""
        order: list[Kind] = ["account", "user"] if self.scope == "account" else ["user", "account"]
        found = [
            (f"{of}:{key}", f"{key} of the {of}")
            for of in order
            for key in sorted(all_names(self.frame.product.pk, f"{of}_traits"), key=str.lower)
        ]
        return found or [("account:status", "status of the account")]

    @property
    def segments(self) -> list[str]:
        return [each.name for each in with_built_ins(self.profile) if each.scope == self.scope and not each.is_stage]

    @property
    def day_choices(self) -> list[tuple[int, str]]:
        return [(days, words.count(days, "day")) for days in DAYS]

    @property
    def period_choices(self) -> list[tuple[int, str]]:
        return [
            (periods, f"{periods} times, the last {words.count(periods * self.days, 'day')}") for periods in PERIODS
        ]

    def outcome(self) -> Rule:
        """Raises Refused where something is missing."""
        if self.by == "segment":
            if not self.segment:
                raise Refused("Choose the segment whose members are meant.")
            return check({"segment": self.segment, "in": True}, self.scope, EVERYTHING)
        of, _, key = self.trait.partition(":")
        if not self.value:
            raise Refused(f"Write the value that {key} takes, such as Cancelled.")
        return check({f"{of}_trait": key, "is": self.value}, self.scope, EVERYTHING)

    @property
    def outcome_words(self) -> str:
        return f"enters {self.segment}" if self.by == "segment" else rule_words(self.outcome(), self.scope)


def answered(asked: Asked, running: Run) -> Values:
    """What was found; until then how far it is."""
    if not running.wait():
        return {"running": running, "address": asked.frame.request.get_full_path()}
    if running.failed or running.found is None:
        raise Refused(f"The backtest could not be run: {running.failed}")
    found, scope = running.found, asked.scope
    return {
        "found": found,
        "opening": backtest_words.opening(found, scope, asked.outcome_words, asked.days),
        "certainty": backtest_words.certainty(found, scope),
        "score": backtest_words.telling(found.score),
        "activation": backtest_words.telling(found.by_activation, "activation"),
        "early": backtest_words.early(found),
        "shares": shares.drawn(found.tenths, found.share, asked.days) if found.cases else None,
        "bands": [_row(words.BAND_WORDS[BANDS[group.place]], group, BANDS[group.place]) for group in found.bands[::-1]],
        "steps": [_row(ACTIVATION[group.place], group) for group in found.activation],
        "segments": _segments(found.segments),
        "earlier": backtest_words.earlier(found),
        "cautions": backtest_words.cautions(scope),
    }


def _segments(found: dict[str, Group]) -> list[Values]:
    """The most telling first; not those that are bands, or everyone."""
    told = {name: group for name, group in found.items() if group.lift is not None and name not in TOLD_BESIDE}
    ranked = sorted(told, key=lambda name: -(told[name].lift or 0))
    return [_row(name, told[name]) for name in ranked]


def _row(name: str, group: Group, band: str = "") -> Values:
    return {
        "name": name,
        "band": band,
        "group": group,
        "share": backtest_words.share(group.share),
        "made": f"{words.count(group.cases, 'case')} of {words.count(group.observed, 'look')}.",
        "against": f"{backtest_words.share(group.share)} here, against the share of everyone.",
        "interval": f"{backtest_words.share(group.low)} to {backtest_words.share(group.high)}",
        "lift": "" if group.lift is None else f"{group.lift:.1f} ×",
        "is_few": group.cases < backtest_words.TOO_FEW,
    }


def _one_of(text: str | None, choices: tuple[int, ...], usual: int) -> int:
    return number if (number := whole(text)) in choices else usual
