"""What somebody came to do, and what is written down of it in the audit log."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest

from accoil.show.permissions import OF_THE_TEAM, Action, Who
from accoil.team.audit import write
from accoil.team.models import Product, Team, User


class Said(FallbackStorage):
    """Messages as usual; it remembers which were said during this request, also when the page shows them already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said: list[tuple[int, str]] = []

    def add(self, level: int, message: str, extra_tags: str | None = "") -> None:
        self.said.append((level, str(message)))
        super().add(level, message, extra_tags)


class Visit:
    """One request of somebody who may do what he came for. `product` is None where the address names none."""

    def __init__(self, request: HttpRequest, action: Action, product: Product | None) -> None:
        self.request, self.action, self.product = request, action, product
        self.teams = [product.team] if product else None
        self.who = request.user if isinstance(request.user, User) else None
        self.noted: list[str] = []

    def write_down(self) -> None:
        """A line for what was changed, in the words that the person was told; and for whatever was noted."""
        if not self.action.changes and not self.noted:
            return
        told = self.noted or self._told()
        if not told or (self.action.who is Who.ANYBODY and not self.noted):
            return
        who = self.who or (self.request.user if isinstance(self.request.user, User) else None)
        teams = self.teams if self.teams is not None else (list(who.teams.all()) if who else [])
        address = get_adapter().get_client_ip(self.request)
        write(teams, who, self.action.name, " ".join(told), address, self._done_in())

    def _done_in(self) -> Product | None:
        """What is done to a connection for one profile is done in the product of that."""
        if self.product is None or self.action.page not in OF_THE_TEAM:
            return self.product
        match = self.request.resolver_match
        profile = match.kwargs.get("profile_id") if match else None
        return Product.objects.filter(team=self.product.team, profiles=profile).first() if profile else None

    def _told(self) -> list[str]:
        """Nothing where nothing was changed: the answer says what is wrong, or asks for more."""
        kept = messages.get_messages(self.request)
        said = kept.said if isinstance(kept, Said) else []
        return [] if any(level >= messages.ERROR for level, _ in said) else [message for _, message in said]


def note(request: HttpRequest | None, sentence: str, who: User | None = None, teams: list[Team] | None = None) -> None:
    """What is to be written down of this request, where the person is told nothing, or something else. `who`: whom it
    is about, if that is not who came; `teams`: where it is written, if not in those of the person."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is not None:
        visit.noted.append(sentence)
        visit.who = who or visit.who
        visit.teams = teams if teams is not None else visit.teams
