"""A team whose Intercom is connected, for the pages that tell of it."""

from django.utils import timezone

from accoil.connect.models import Connection, Entry, Record
from accoil.count.ids import ACCOUNT, USER, id_of

REASON = "Nobody in Intercom has this e-mail address."


def connect(busy) -> Connection:
    """Acme's Intercom: ann and Acme Ltd are matched, bob is not, ivy's last write failed."""
    made = Connection(team=busy.web.team, tool="intercom", workspace="acme1", workspace_name="Acme Support")
    made.options, made.secrets = {"region": "eu"}, {"token": "tok_secret", "client_secret": "sec_secret"}
    made.save()
    record(made, busy.web, "user", "ann", confirmed={"Accoil_Everyday_Score": 90}, confirmed_at=timezone.now())
    record(made, busy.web, "account", "acme", matched_by="company id")
    record(made, busy.web, "user", "bob", match=Record.Is.UNMATCHED, reason=REASON)
    failed = record(made, busy.web, "user", "ivy", problem="Intercom refuses the value.")
    Entry.objects.create(connection=made, record=failed, what=Entry.What.FAILED, reason="Intercom refuses the value.",
                         status=422, request_id="req_1")  # fmt: skip
    return made


def record(joined: Connection, web, kind: str, name: str, **more) -> Record:
    entity = id_of(web.pk, USER if kind == "user" else ACCOUNT, name)
    given = {"match": Record.Is.MATCHED, "matched_by": "e-mail", "remote_id": f"r-{name}"} | more
    return Record.objects.create(connection=joined, product=web, kind=kind, entity=entity, **given)


def here(busy, end: str = "") -> str:
    return f"/p/{busy.web.pk}/settings/connections{end}"
