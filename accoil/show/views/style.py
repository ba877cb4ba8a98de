"""Every part once, with sample values: where the look is decided and seen at a glance. Only in debug."""

from datetime import date, timedelta
from math import sin
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accoil.show import bars, charts, tables

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
        "pages": {"first": 51, "last": 100, "total": 200, "back": "#back", "next": "#next"},
        "form": refused,
        "scores": SCORES[-30:],
        "counts": [s // 2 for s in SCORES[-30:]],
    }
