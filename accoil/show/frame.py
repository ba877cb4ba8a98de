"""What stands round every page of a product: whose product it is, which profile is looked through, who looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from accoil.score.access import profiles_for
from accoil.score.askable import CHARTS, why_not
from accoil.score.definition import Definition
from accoil.score.models import Profile, Version
from accoil.segment.askable import first_askable
from accoil.show.guard import RANK, Elsewhere, to_sign_in
from accoil.show.permissions import action_at
from accoil.team.models import Product, User
from accoil.team.roles import LEADERS, Role, role_in
from accoil.team.scope import product_for, products_of

View = Callable[..., HttpResponseBase]


@dataclass
class Frame:
    """One product seen through one profile. `profiles` are those the person may see; `profile` is None while there is
    none."""

    request: HttpRequest
    product: Product
    profiles: list[Profile]
    profile: Profile | None
    section: str

    @property
    def chosen(self) -> Profile:
        """The profile. While there is none, whoever asks is sent to the first steps, where he is told why."""
        if self.profile is None:
            wanted = "" if self.section == "dashboard" else f"?for={self.section}"
            raise Elsewhere(self.start_link + wanted)
        return self.profile

    @cached_property
    def today(self) -> date:
        return self.product.today()

    @cached_property
    def as_of(self) -> date:
        """The day that is looked at: the address may name a past one; nonsense in it is read as today."""
        try:
            asked = min(date.fromisoformat(self.request.GET.get("as_of", "")), self.today)
        except ValueError:
            return self.today
        if self.first_day and asked < self.first_day:
            messages.error(self.request, f"{asked} can't be shown: {why_not(self.product, self.first_day)}")
            return self.first_day
        return asked

    @cached_property
    def first_askable(self) -> date | None:
        """The first day that can be asked for; None: any."""
        return first_askable(self.profile) if self.profile else None

    @cached_property
    def first_day(self) -> date | None:
        """The first that pages show: their charts begin before it. None: any."""
        return self.first_askable and min(self.today, self.first_askable + timedelta(days=CHARTS))

    @property
    def is_past(self) -> bool:
        return self.as_of < self.today

    @cached_property
    def version(self) -> Version:
        """The version in force. Ask only when there is a profile."""
        if self.profile is None:
            raise Http404("This product has no profile yet.")
        return self.profile.current

    @property
    def definition(self) -> Definition:
        return self.version.parsed

    @cached_property
    def products(self) -> list[Product]:
        return list(products_of(self.request.user))

    @property
    def author(self) -> User | None:
        """Who signs what is saved."""
        return self.request.user if isinstance(self.request.user, User) else None

    @cached_property
    def role(self) -> Role | None:
        return role_in(self.request.user, self.product)

    @property
    def may_change(self) -> bool:
        return self.role in LEADERS

    def may_see(self, name: str) -> bool:
        """Whether the page with that address is for the person, by the table of permissions."""
        return self.role is not None and RANK[self.role] >= action_at(name, "see").who

    def only_managers(self, do: str) -> None:
        """Raises PermissionDenied for whoever may not change things, with what `do` says: import files."""
        if not self.may_change:
            raise PermissionDenied(f"Only owners and managers of the team {do}.")

    def own(self, profile_id: int) -> Profile:
        """One of those the person may see. Raises Http404 for any other."""
        for profile in self.profiles:
            if profile.pk == profile_id:
                return profile
        raise Http404("There is no such profile in this product.")

    def link(self, name: str, *args: int | str, **query: object) -> str:
        """The address of a page of this product, staying in the chosen profile and on the day looked at."""
        if self.is_past and name in OF_ANY_DAY:
            query = {"as_of": self.as_of.isoformat(), **query}
        if self.profile and self.profiles and self.profile != self.profiles[0]:
            query = {"profile": self.profile.pk, **query}
        kept = urlencode({key: value for key, value in query.items() if value not in ("", None)})
        path = reverse(name, args=[self.product.pk, *args])
        return f"{path}?{kept}" if kept else path

    @cached_property
    def is_shut_out(self) -> bool:
        """Whether the product has profiles, but none that the person may see."""
        return self.profile is None and self.product.profiles.exists()

    @property
    def nav(self) -> list[dict[str, str]]:
        pages = ["dashboard", "feeds", "accounts", "users", "segments", "journeys", "automations"]
        pages += ["events-view", "features-view", "profiles", "settings"]
        if self.profile is None and not self.is_shut_out:
            pages.insert(0, "start")
        return [
            {
                "name": name,
                "title": TITLES[name],
                "link": self.link(name),
                "here": "yes" if name == self.section else "",
                "go": GO.get(name, ""),
            }
            for name in pages
        ]

    @property
    def search_link(self) -> str:
        return self.link("search")

    @property
    def settings_nav(self) -> list[dict[str, str]]:
        """The pages of Settings: name of the address, title, link; `here` on the one that is shown."""
        shown = self.request.resolver_match.url_name if self.request.resolver_match else ""
        shown = SETTINGS_BELOW.get(shown or "", shown)
        return [
            {"name": name, "title": title, "link": self.link(name), "here": "yes" if name == shown else ""}
            for name, title in SETTINGS_PAGES.items()
            if self.may_see(name)
        ]

    @property
    def start_link(self) -> str:
        return reverse("start", args=[self.product.pk])

    @property
    def settings_link(self) -> str:
        return self.link("settings")

    @property
    def profiles_link(self) -> str:
        return self.link("profiles")

    @property
    def new_profile_link(self) -> str:
        return reverse("new-profile", args=[self.product.pk])

    @property
    def edit_link(self) -> str:
        return reverse("profile", args=[self.product.pk, self.profile.pk]) if self.profile else ""

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The profiles to look through, each with this page's address under it."""
        path = self.request.path if self.section not in ("profiles", "settings", "start") else self.link("dashboard")
        return [
            {"name": profile.name, "link": f"{path}?profile={profile.pk}", "here": profile == self.profile}
            for profile in self.profiles
        ]


# Pages that can show a past day.
OF_ANY_DAY = (
    "dashboard", "dashboard-habits", "dashboard-why", "search", "accounts", "users", "account", "user",
    "number-of-account", "number-of-user", "segments", "segment",
    "events-view", "event-view", "features-view", "feature-view",
    "segment-file", "accounts-file", "users-file", "events-view-file", "features-view-file",
)  # fmt: skip

TITLES = {
    "start": "First steps",
    "dashboard": "Dashboard",
    "feeds": "Feeds",
    "accounts": "Accounts",
    "users": "Users",
    "segments": "Segments",
    "journeys": "Journeys",
    "automations": "Automations",
    "events-view": "Events",
    "features-view": "Features",
    "profiles": "Profiles",
    "settings": "Settings",
}

# The key that leads to a page when it is typed after g.
GO = {
    "dashboard": "d",
    "feeds": "n",
    "accounts": "a",
    "users": "u",
    "segments": "s",
    "journeys": "j",
    "automations": "m",
    "events-view": "e",
    "features-view": "f",
    "profiles": "p",
    "settings": ",",
}

# What Settings is made of, by the name of the address.
SETTINGS_PAGES = {
    "settings": "General",
    "team": "Team",
    "features": "Features",
    "configuration": "Configuration",
    "keys": "Keys",
    "connect": "Connect data",
    "connections": "Connections",
    "mappings": "Mappings",
    "imports": "Import",
    "debugger": "Debugger",
    "ingest-health": "Ingest health",
    "privacy": "Privacy",
    "audit": "Audit log",
}
# Pages that stand below one of them.
SETTINGS_BELOW = {"new-key": "keys", "ingest-key": "keys", "invite": "team", "reset-member": "team"} | dict.fromkeys(
    ("connection", "connect-tool", "connection-mode", "connection-fields", "connection-segment-lists",
     "connection-records", "connection-ledger", "connection-check", "sync-interval", "disconnect", "tool-done"),
    "connections",
)  # fmt: skip


def frame_of(request: HttpRequest, product_id: int, section: str) -> Frame:
    """Raises Http404 for a product or a profile that the signed-in person may not see."""
    product = product_for(request, product_id)
    profiles = profiles_for(request.user, product)
    wanted = request.GET.get("profile", "")
    if not wanted:
        return Frame(request, product, profiles, profiles[0] if profiles else None, section)
    for profile in profiles:
        if str(profile.pk) == wanted:
            return Frame(request, product, profiles, profile, section)
    raise Http404("There is no such profile in this product.")


def scored_frame_of(request: HttpRequest, product_id: int, section: str) -> Frame:
    """The same for a page of scores. Raises Elsewhere while there is no profile to look through."""
    frame = frame_of(request, product_id, section)
    frame.profile = frame.chosen
    return frame


def page(frame: Frame, template: str, values: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The template with the frame round it. htmx may ask for a part of a page, so caches must tell them apart."""
    response = render(frame.request, template, {"frame": frame, "today": frame.today, **values}, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def signed_in(view: View) -> View:
    """Sends strangers to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return guarded
