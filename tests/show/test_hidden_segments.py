"""No page shows the segment that an automation's trigger has for itself, or an address of it."""

from django.urls import reverse

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.segment.models import Segment
from accoil.segment.rounds import Rounds


def test_no_page_shows_it(client, world):
    client.force_login(world.ann)
    then = [{"intercom_tag": {"tag": "busy", "on": "user"}}]
    draft = Draft(name="Busy", scope="user", when={"becomes": {"metric": "raw", "at_least": 10}}, then=then)
    automations.create(world.profile, draft, enabled=True)
    Rounds().step()
    hidden = Segment.every.get(kind="trigger")
    for page in ("segments", "new-segment", "users"):
        for scope in ("user", "account"):
            text = client.get(reverse(page, args=[world.web.pk]), {"scope": scope, "kind": scope}).content.decode()
            assert hidden.name not in text
    for page in ("segment", "edit-segment", "delete-segment", "fill-segment"):
        answer = client.post if page.startswith(("delete", "fill")) else client.get
        assert answer(reverse(page, args=[world.web.pk, hidden.pk])).status_code == 404
    assert Segment.every.filter(pk=hidden.pk).exists()
