"""Something at every address of the site: what stands in the address, and what a browser sends to change it."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accoil.act import feeds
from accoil.act.models import Delivery, Feed, Firing
from accoil.act.queue import by_hand
from accoil.connect.models import Connection
from accoil.connect.muted import ALERTS, Link
from accoil.connect.webhook.endpoints import endpoint
from accoil.count.ids import ACCOUNT, EVENT, USER, id_of
from accoil.erase.models import Erasure
from accoil.score.features import kept
from accoil.segment import journeys
from accoil.segment.models import Segment
from accoil.segment.ready_made import ready_made
from accoil.team import invitations
from accoil.team.ingest import EVENT as WATCHED_EVENT
from accoil.team.ingest import Watched
from accoil.team.models import ApiToken, User
from accoil.team.roles import Role
from accoil.team.second_factor import SecondFactor, code_at, new_secret
from tests.show.automating import made
from tests.show.connected import connect
from tests.show.mapping_pages import form as mapping_form

PASSWORD, NEW = "a long walk home", "a longer walk"
Sent = dict[str, Any]
RULE = {"do": "save", "rule-text": "metric: score\nabove: 10", "name": "Of mine"}


def addresses() -> list[tuple[tuple[str, ...], str, str]]:
    """Namespaces, name and route of every address of accoil/urls.py."""

    def below(resolver: URLResolver, spaces: tuple[str, ...], route: str) -> list[tuple[tuple[str, ...], str, str]]:
        found = []
        for each in resolver.url_patterns:
            here = route + str(each.pattern)
            if isinstance(each, URLResolver):
                found += below(each, (*spaces, each.namespace) if each.namespace else spaces, here)
            elif isinstance(each, URLPattern):
                found.append((spaces, each.name or "", here))
        return found

    return below(get_resolver(), (), "/")


@dataclass
class Places:
    """Of the busy world, with `arguments` by the name of an address; what is not there needs the product alone."""

    busy: Any
    arguments: dict[str, Sequence[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._people()
        self._numbers()
        self._segments()
        self._tools()
        self._deleted()
        self._keys()

    def path(self, name: str) -> str:
        of_none = ("account_", "join", "you", "save-you", "confirm-address", "end-", "code-", "recovery", "sign-in-",
                   "openid-", "home", "style", "favicon", "api-docs", "begin-tool", "mails")  # fmt: skip
        own = self.arguments.get(name, [])
        path = reverse(name, args=own if name.startswith(of_none) else [self.busy.web.pk, *own])
        return path + (f"?product={self.busy.web.pk}" if name == "begin-tool" else "")

    def _people(self) -> None:
        acme = self.busy.web.team
        self.mia = User.objects.create_user("mia@example.com", PASSWORD, "Mia")
        acme.members.create(user=self.mia, role=Role.MANAGER)
        for user in (self.busy.ann, self.busy.bob, self.busy.eve):
            user.password = self.mia.password
            user.save()
        self.member = acme.members.get(user=self.busy.bob)
        self.arguments |= dict.fromkeys(("change-role", "remove-member", "reset-member"), (self.member.pk,))
        self.invited, self.secret = invitations.invite(self.member, "kim@example.com", "member")
        self.arguments |= {"withdraw-invitation": [self.invited.pk], "join": [self.secret]}
        self.arguments["mails"] = [Link(acme, "ann@example.com", ALERTS).secret]
        self.arguments |= {"account_reset_password_from_key": ["1", "key"], "account_confirm_email": ["key"]}

    def _numbers(self) -> None:
        web = self.busy.web
        account, user, event = (id_of(web.pk, *of) for of in ((ACCOUNT, "acme"), (USER, "ann"), (EVENT, "Help_Opened")))
        for name, id in (("account", account), ("user", user)):
            ways = (name, f"exclude-{name}", f"include-{name}", f"delete-{name}", f"held-{name}")
            self.arguments |= dict.fromkeys(ways, (id,))
            self.arguments[f"number-of-{name}"] = [id, "score"]
        self.arguments["event-view"] = [event]
        for name in ("accounts-file", "users-file", "events-view-file", "features-view-file", "audit-file"):
            self.arguments[name] = ["csv"]
        watched = Watched.objects.create(product=web, kind=WATCHED_EVENT, name="Help_Opened",
                                         silent_since=datetime(2026, 3, 31, tzinfo=UTC), usual=20)  # fmt: skip
        self.arguments["mute"] = [watched.pk]
        client = Client()
        client.force_login(self.busy.ann)
        client.post(self.path("new-feature"), {"name": "Help", "event": "Help_Opened"})
        [feature] = kept(web)
        self.arguments |= dict.fromkeys(("feature", "change-feature", "feature-view"), (feature.id,))
        for name in ("profile", "save-access", "backtest"):
            self.arguments[name] = [self.busy.profile.pk]
        self.arguments |= dict.fromkeys(("mapping", "change-mapping"), ("track",))  # one of the presets

    def _deleted(self) -> None:
        gone = Erasure.objects.create(
            product=self.busy.web, kind="user", digest="a" * 32, state="done", finished_at=timezone.now()
        )
        self.arguments |= dict.fromkeys(("receipt", "lift-deletion"), (gone.pk,))

    def _segments(self) -> None:
        profile = self.busy.profile
        own = Segment.objects.create(profile=profile, scope="user", name="Own", rule={"metric": "score", "above": 1})
        self.arguments |= dict.fromkeys(("segment", "edit-segment", "delete-segment", "fill-segment"), (own.pk,))
        self.arguments["segment-file"] = [own.pk, "csv"]
        stages = [
            journeys.Stage("Busy", {"metric": "score", "above": 50}),
            journeys.Stage("Calm", {"metric": "score", "at_most": 50}),
        ]
        journey = journeys.create(profile, "account", "Mine", stages, self.busy.ann, 0)
        self.arguments |= dict.fromkeys(("journey", "edit-journey", "delete-journey"), (journey.pk,))

        draft = feeds.Draft(name="News", cards=[{"card": "new", "scope": "account"}], is_shared=True)
        self.feed = feeds.save(Feed(profile=profile, author=self.busy.ann), draft)
        self.arguments |= dict.fromkeys(
            ("feed", "feed-preview", "feed-letter", "edit-feed", "delete-feed"), (self.feed.pk,)
        )

    def _tools(self) -> None:
        busy = self.busy
        connect(busy)
        names = [
            "connection",
            "connect-tool",
            "test-connection",
            "sync-now",
            "sync-interval",
            "connection-records",
            "connection-ledger",
        ]
        self.arguments |= dict.fromkeys(
            (*names, "connection-retry", "connection-check", "test-connection", "disconnect"),
            ("intercom",),
        )
        self.arguments["begin-tool"] = ["intercom"]
        self.arguments["connection-mode"] = ["intercom", busy.profile.pk]
        for tool in ("salesforce", "hubspot"):  # without a token
            Connection.objects.create(team=busy.web.team, tool=tool, workspace="00D1")
        self.arguments["connection-segment-lists"] = ["hubspot", busy.profile.pk]
        self.arguments["connection-fields"] = ["salesforce", busy.profile.pk]
        hook = "http://127.0.0.2/hook"
        found = made(busy, then=[{"webhook": {"url": hook}}], enabled=True)
        for name in ("automation", "edit-automation", "automation-log", "automation-looked-back", "switch-automation",
                     "delete-automation", "retry-automation"):  # fmt: skip
            self.arguments[name] = [found.pk]
        self.arguments["automation-address"] = [found.pk, endpoint(busy.web.team, hook).pk]
        batch = by_hand(busy.web, busy.ann, "intercom_tag", {"tag": "hot", "on": "company"}, "account",
                        [self.arguments["account"][0]])  # fmt: skip
        Delivery.objects.filter(batch=batch).update(state=Delivery.State.FAILED)
        self.arguments |= {"batch": [batch.pk], "retry-batch": [batch.pk]}
        fired = Firing.objects.create(automation=found, move="m", entity=self.arguments["account"][0], became="fired")
        self.delivery = Delivery.objects.filter(batch=batch).get()
        self.firing = fired

    def failed_once(self) -> None:
        """Something that the automation did has failed."""
        Delivery.objects.filter(pk=self.delivery.pk).update(firing=self.firing, batch=None)

    def _keys(self) -> None:
        web = self.busy.web
        on, off = web.ingest_keys.get(), web.ingest_keys.create(name="Off", disabled_at=timezone.now())
        self.arguments |= dict.fromkeys(("ingest-key", "switch-key", "rotate-key"), (on.pk,))
        ApiToken.issue(web, "Export")
        self.arguments |= {"delete-key": [off.pk], "revoke-token": [web.api_tokens.get().pk]}
        self.arguments |= dict.fromkeys(("stop-import", "go-on-import", "delete-import", "import-errors"), ("none",))
        self.arguments["end-session"] = [0]

    def sent(self, name: str, client: Client) -> Sent:
        """What changes something there."""
        body: Sent | Callable[[Client], Sent] = self._bodies().get(name, {})
        return body(client) if callable(body) else body

    def _bodies(self) -> dict[str, Sent | Callable[[Client], Sent]]:
        account, user = self.arguments["account"][0], self.arguments["user"][0]
        tag = {"action": "intercom_tag", "with-tag": "hot", "with-on": "company"}
        profile = {"event-0": "Help_Opened", "scored-0": "1", "weight-0": "3", "do": "save", "based_on": "1"}
        return {
            "delete-account": {"id": "acme"},
            "delete-user": {"id": "ann"},
            "privacy": {"id": "ann"},
            "begin-on-accounts": tag | {"id": account},
            "begin-on-users": tag | {"id": user, "with-on": "user"},
            "act-on-accounts": tag | {"id": account},
            "act-on-users": tag | {"id": user},
            "new-segment": RULE,
            "edit-segment": RULE,
            "new-journey": self._of_editor("new-journey"),
            "edit-journey": self._of_editor("edit-journey"),
            "ready-journey": {"key": ready_made("account")[0].key},
            "new-automation": self._of_editor("new-automation"),
            "edit-automation": self._of_editor("edit-automation"),
            "switch-automation": {"do": "off"},
            "new-feed": {"name": "Mine", "card-0": "new", "scope-0": "account", "hour": "8"},
            "edit-feed": {"name": "Mine", "card-0": "new", "scope-0": "account", "hour": "8"},
            "retry-automation": {"delivery": "failed"},
            "automation-address": {"do": "secret"},
            "profile": profile | {"name": "Everyday"},
            "new-profile": profile | {"name": "Second"},
            "preview": profile,
            "differences": profile,
            "save-access": {"inbox": "1"},
            "time-zone": {"time_zone": "Asia/Tokyo"},
            "new-token": {"name": "Export"},
            "invite": {"email": "lee@example.com", "role": "member"},
            "change-role": {"role": "manager"},
            "feature": {"name": "Help", "event": "Help_Opened"},
            "new-feature": {"name": "Reports", "event": "Report_Created"},
            "change-feature": {"do": "delete"},
            "save-domains": {"domains": "example.org"},
            "new-key": {"name": "Website", "signed": "no"},
            "ingest-key": {"name": "Backend", "signed": "no"},
            "switch-key": {"to": "off"},
            "connection-mode": {"mode": "segments"},
            "sync-interval": {"every": "3600"},
            "mapping": mapping_form(self.busy, "Track Calls", name="Tracks"),
            "new-mapping": mapping_form(self.busy) | {"name": "A", "trigger": "type exists", "action": "track"},
            "change-mapping": {"do": "off"},
            "try-mappings": {"call": "{}"},
            "keep-days": {"months": "12"},
            "caps": {"most_events": "50", "most_traits": "50"},
            "imports": {"files": SimpleUploadedFile("more.csv", b"user_id,event,timestamp\nu1,A,2026-03-01\n")},
            "save-you": {"name": "Somebody"},
            "account_change_password": {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
            "code-on": self._first_code,
            "code-off": {"password": PASSWORD},
            "recovery-codes": {"password": PASSWORD},
        }  # fmt: skip

    def _of_editor(self, name: str) -> Callable[[Client], Sent]:
        """The form as it stands on a page that is filled in, saved under another name."""
        from tests.show.filled import filled

        def read(client: Client) -> Sent:
            kind = "journey" if "journey" in name else "automation"
            kept = filled(client.get(self.path(f"edit-{kind}")), "editor")
            if name.startswith("new-"):
                kept = {key: value for key, value in kept.items() if not re.fullmatch(r"stage-\d+-id", key)}
                kept |= {key: f"{value} too" for key, value in kept.items() if re.fullmatch(r"stage-\d+-name", key)}
            return kept | {"name": "Anew", "do": "save"}

        return read

    def _first_code(self, client: Client) -> Sent:
        page = client.get(self.path("code-on")).content.decode()
        shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert shown
        code = code_at(shown[1].replace(" ", ""), int(time.time()) // 30)
        return {"password": PASSWORD, "code": code}


def with_codes(user: User) -> SecondFactor:
    return SecondFactor.objects.create(user=user, secret=new_secret())
