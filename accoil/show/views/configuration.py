"""Settings > Configuration: which traits mean what, the summary profile, and who is one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.configured import USUAL
from accoil.count.facts import facts
from accoil.count.people import known_traits
from accoil.refused import Refused
from accoil.score.carried import change_domains
from accoil.score.configuration import KEYS, check, configuration_of, configurations, configure
from accoil.score.reading import internal_domains
from accoil.show import words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.views.features import versions

Values = dict[str, Any]

# Which traits could be meant: of whom, what must be readable in it, what is used as long as none is chosen.
MEANT: tuple[tuple[str, str, str, str], ...] = (
    ("account_id", "user", "n_text", "none: only group calls and group ids say so"),
    ("name", "account", "n_text", "name"),
    ("created_at", "account", "n_moment", "createdAt, created_at or created"),
    ("owner", "account", "n_text", "none"),
)
LABELS = {
    "account_id": "Account of a user",
    "name": "Name of an account",
    "created_at": "Account created at",
    "owner": "Owner of an account",
}
HELP = {
    "account_id": "The trait of identify calls that holds the account's id. A group id on the call itself comes first.",
    "name": "Shown for an account everywhere. Accounts that lack it show their id.",
    "created_at": "Decides tenure and who is new. Accounts that lack it take the earliest of their users'.",
    "owner": "Who looks after an account, such as an e-mail address.",
}


def configuration_page(request: HttpRequest, product_id: int) -> HttpResponse:
    return shown(frame_of(request, product_id, "settings"))


def save_traits(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    before = configuration_of(frame.product).means
    given = {key: request.POST.get(key, "") for key in KEYS}
    try:
        saved = configure(frame.product, check(given))
    except Refused as wrong:
        return shown(frame, refusal=str(wrong), given=given, status=422)
    facts().configure(configurations())
    anew = saved.means.account_id != before.account_id
    messages.success(
        request,
        "Saved. Every call received so far is now looked at again; lists change when that is done."
        if anew
        else "Saved. Lists show it at once.",
    )
    return redirect("configuration", product_id)


def save_domains(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    typed = request.POST.get("domains", "")
    try:
        made = change_domains(frame.product, internal_domains(typed.replace(",", " ").split()), frame.author)
    except Refused as wrong:
        return shown(frame, domains_refusal=str(wrong), domains=typed, status=422)
    messages.success(request, f"Internal domains are saved.{versions(made)}")
    return redirect("configuration", product_id)


def shown(
    frame: Frame,
    refusal: str = "",
    given: Mapping[str, str] | None = None,
    domains_refusal: str = "",
    domains: str | None = None,
    status: int = 200,
) -> HttpResponse:
    configuration = configuration_of(frame.product)
    chosen = given or {**dict.fromkeys(KEYS, ""), **configuration.to_yaml_dict()}
    told = {kind: known_traits(frame.product.pk, kind) for kind in ("user", "account")}
    store_reads = facts().account_traits.get(frame.product.pk)
    values = {
        "choices": [choice(key, chosen[key], told[kind], needs, usual) for key, kind, needs, usual in MEANT],
        "summary": chosen["summary_profile"],
        "refusal": refusal,
        "domains": "\n".join(configuration.internal_domains) if domains is None else domains,
        "domains_refusal": domains_refusal,
        "counting_anew": frame.product.pk in facts().account_traits and store_reads != configuration.means.account_id,
        "usual": USUAL,
    }
    return page(frame, "show/configuration.html", values, status)


def choice(key: str, chosen: str, traits: Sequence[Mapping[str, Any]], needs: str, usual: str) -> Values:
    """A list to choose from: the traits that can be read as what is asked for; the chosen one even if nobody has it."""
    options = [
        {"key": each["key"], "about": about(each, needs), "chosen": each["key"] == chosen}
        for each in traits
        if each[needs] and not (key == "name" and each["key"] == USUAL.name)
    ]
    if chosen and not any(option["chosen"] for option in options):
        options.insert(0, {"key": chosen, "about": "never received", "chosen": True})
    return {"key": key, "label": LABELS[key], "help": HELP[key], "usual": usual, "options": options}


def about(trait: Mapping[str, Any], needs: str) -> str:
    """set for 1,980, such as “Acme”"""
    example = str(trait["example"] or "")
    shown = f", such as “{example[:28]}{'…' if len(example) > 28 else ''}”" if example else ""
    return f"set for {words.number(trait[needs])}{shown}"
