"""Every part once, with sample values: where the look is decided and seen at a glance. Only in debug."""

from datetime import date, timedelta
from math import sin
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accoil.show import bars, changes, charts, tables
from accoil.show.style_forms import samples_of_forms

LAST = date(2026, 11, 22)
DAYS = [LAST - timedelta(days=89 - i) for i in range(90)]
SCORES = [round(48 + 17 * sin(i / 9) + i / 5 + 5 * sin(i * 1.7)) for i in range(90)]
SPARKS = {
    "Acme Ltd": (72, 12, [54, 55, 52, 58, 60, 57, 61, 64, 60, 59, 62, 66, 70, 72]),
    "Globex": (64, -3, [70, 69, 71, 68, 66, 70, 69, 67, 67, 66, 68, 67, 65, 64]),
    "Initech": (38, 0, [30, 32, 33, 31, 36, 38, 37, 36, 35, 36, 38, 38, 38, 38]),
    "Umbrella": (9, -31, [55, 52, 50, 48, 47, 44, 40, 40, 33, 28, 22, 17, 12, 9]),
}


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="Shown in the menu and in other tools.")
    email = forms.EmailField(label="E-mail address")
    window = forms.ChoiceField(label="Window", choices=[(7, "7 days"), (30, "30 days")])


def style(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404("The style page is shown in debug only.")
    return render(request, "show/style.html", samples())


def samples() -> dict[str, Any]:
    refused = Sample({"name": "Trial Users", "email": "someone", "window": "7"})
    refused.is_valid()
    now = [41, 12, 9, 8, 7, 9, 8, 6, 7, 9, 11, 12, 10, 9, 8, 9, 7, 6, 5, 7]
    draft = [33, 9, 8, 7, 9, 8, 9, 8, 8, 9, 12, 14, 12, 11, 9, 9, 8, 7, 6, 4]
    parts = [("Report_Created", 4, 9), ("Teammate_Invited", 2, 8), ("Dashboard_Viewed", 31, 1), ("Logged_In", 9, 1)]
    return {
        "rows": [
            {"name": name, "score": score, "change": change, "days": days}
            for name, (score, change, days) in SPARKS.items()
        ],
        "score_chart": charts.score_chart(
            "Score of Acme over 90 days", DAYS, SCORES, {DAYS[58]: "Version 3 of the profile is in force from here"}
        ),
        "count_chart": charts.count_chart("Active accounts over 90 days", DAYS, [s // 2 for s in SCORES]),
        "adds": tables.adds([{"event": e, "count": n, "weight": w, "points": n * w} for e, n, w in parts]),
        "histogram": bars.histogram("account", now, draft),
        "outlined": True,
        "bands": tables.bands(
            {"most": 18, "slightly": 61, "passive": 70, "least": 51},
            {"most": 15, "slightly": 55, "passive": 73, "least": 57},
        ),
        **samples_of_change(),
        **samples_of_forms(),
        "tiles": tiles(),
        "window": 7,
        "doubts": ["Nothing was counted as “Report_Creatd” yet; did you mean “Report_Created”?"],
        "pages": {"first": 51, "last": 100, "total": 200, "back": "#back", "next": "#next"},
        "form": refused,
        "scores": SCORES[-30:],
        "counts": [s // 2 for s in SCORES[-30:]],
    }


def tiles() -> list[dict[str, Any]]:
    counts, scores = [score // 2 for score in SCORES[-30:]], SCORES[-30:]
    told = [
        ("Active accounts", "37", "of 200", 4, counts, "count", "active", "37 of 200 accounts did something."),
        ("Active users", "214", "of 2,000", -9, counts, "count", "active", ""),
        ("Average account score", "61", "", 3, scores, "score", "average_score", "37 accounts at 61.3 on average."),
        ("Users active, on average", "42 %", "", 0, scores, "score", "average_active_percent", ""),
    ]
    keys = ("label", "value", "note", "change", "line", "drawn", "says", "made")
    return [{**dict(zip(keys, each, strict=True)), "link": "#", "go": "See the accounts"} for each in told]


def samples_of_change() -> dict[str, Any]:
    """What moved, what came of it, and how it is weighed."""
    parts = {"definition": 0, "membership": -4, "behaviour": -3, "benchmark": -6}
    told = {
        "from": DAYS[-8], "to": LAST, "score_before": 59, "parts": parts, "definition_changed": False, "events": [],
        "joined": 1, "left": 1, "raw_before": 50, "raw_after": 46,
        "active_before": 2, "active_after": 2, "benchmark_before": 100, "benchmark_after": 120,
    }  # fmt: skip
    line = {"count": 2, "did": "accounts cooled down", "link": "#", "tone": "least", "value": 120_000, "others": 0}
    return {
        "movers": [
            {"name": name, "link": "#", "line": days, "score": score, "score_last_period": score - change,
             "change": change, "mrr": 120_000}
            for name, (score, change, days) in SPARKS.items()
        ],
        "waterfall": changes.waterfall(told, "account"),
        "versions": [{"day": DAYS[58], "words": "Version 3: Report Created weighs 9 instead of 7"}],
        "since": {"title": "Since you were here", "when": "3 days ago", "lines": [
            {**line, "named": [{"name": "Globex", "link": "#", "mrr": 30_000}, {"name": "Umbrella", "link": "#"}]}
        ]},
        "weights": [
            {"event": "Report_Created", "count": 40, "weight": 9, "share": 72, "scored": True, "about": "12 of 37"},
            {"event": "Dashboard_Viewed", "count": 31, "weight": 1, "share": 0, "scored": False, "about": "30 of 37"},
        ],
        "odds": [
            {"name": name, "band": band, "group": {"observed": 400, "cases": cases}, "share": f"{cases / 4:.0f} %",
             "interval": "2 % to 9 %", "lift": lift, "is_few": cases < 10, "made": f"{cases} cases of 400 looks.",
             "against": ""}
            for name, band, cases, lift in (("Most engaged", "most", 4, ""), ("Least engaged", "least", 36, "3.1 ×"))
        ],
    }  # fmt: skip
