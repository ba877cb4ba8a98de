"""The page of an automation: for whom it fired, why, what came of it, and where it sends to."""

import re
import threading
from datetime import timedelta

from django.utils import timezone
from standardwebhooks import Webhook

from accoil.act.deliveries import work
from accoil.act.models import Delivery, Firing
from accoil.connect.models import Connection, State
from accoil.connect.webhook.endpoints import endpoint
from accoil.segment.rounds import Rounds
from tests.connect.scripted import Reply
from tests.show.automating import HTMX, TAG, fire, made
from tests.show.connected import connect
from tests.show.reading import link_to, main


def test_it_fires_and_its_page_tells_for_whom_why_and_what_came_of_it(ann, busy, automations, engine, receiver):
    receiver.replies = [Reply(204, b"")]
    found = made(busy, then=[*TAG, {"webhook": {"url": receiver.url}}], enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    text = main(ann.get(f"{automations}/{found.pk}"))
    assert re.search(r"Globex [\w ]{3,12} Came to match “points at least 40” because something was received", text)
    assert "Done Send a webhook" in text and "Sent; the answer was 204." in text
    assert "Failed Add Tag in Intercom: hot, company Intercom is not connected." in text
    assert "1 action failed." in text
    asked = receiver.asked[0]
    told = Webhook(endpoint(busy.web.team, receiver.url).secrets["secret"]).verify(asked.body, asked.headers)
    assert (told["type"], told["data"]["account"]["name"]) == ("automation.fired", "Globex")
    alone = ann.get(f"{automations}/{found.pk}/log", **HTMX).content.decode()
    assert "Globex" in alone and "<main" not in alone


def test_the_run_log_is_filtered_and_has_pages(ann, busy, automations):
    found = made(busy)
    for number in range(60):
        became = "fired" if number % 2 else "condition"
        Firing.objects.create(automation=found, move=f"m{number}", entity=7, became=became, because=f"Line {number}.")
    page = ann.get(f"{automations}/{found.pk}")
    assert "Line 59." in main(page) and "Line 10." in main(page) and "Line 9." not in main(page)
    assert "Line 9." in main(ann.get(link_to(page, "Earlier ones")))
    fired = main(ann.get(f"{automations}/{found.pk}?only=fired"))
    assert "Line 59." in fired and "Line 58." not in fired
    assert "None of these." in main(ann.get(f"{automations}/{found.pk}?only=failed"))


def test_what_failed_is_tried_again_alone_or_with_the_others(ann, busy, automations, engine, receiver):
    receiver.replies = [Reply(500)]
    found = made(busy, then=[{"webhook": {"url": receiver.url}}], enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    (delivery,) = Delivery.objects.all()
    text = main(ann.get(f"{automations}/{found.pk}"))
    assert "Will be tried again Send a webhook" in text and "It has a problem of its own (status 500)." in text
    receiver.replies = [Reply(200)]
    assert ann.post(f"{automations}/{found.pk}/retry", {"delivery": delivery.pk}).status_code == 302
    work(delivery.connection_id, threading.Event())
    delivery.refresh_from_db()
    assert delivery.state == "done"
    Delivery.objects.update(state="failed")
    ann.post(f"{automations}/{found.pk}/retry", {"delivery": "failed"})
    assert Delivery.objects.get().state == "waiting"


def test_an_address_that_is_gone_is_off_until_somebody_switches_it_on(ann, busy, automations, engine, receiver):
    receiver.replies = [Reply(410)]
    found = made(busy, then=[{"webhook": {"url": receiver.url}}], enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    connection = endpoint(busy.web.team, receiver.url)
    assert connection.state == State.NEEDS_RECONNECT
    text = main(ann.get(f"{automations}/{found.pk}"))
    assert "Waits: the address is off Send a webhook" in text and "The receiver says that this address is gone" in text
    ann.post(f"{automations}/{found.pk}/addresses/{connection.pk}", {"do": "on"})
    connection.refresh_from_db()
    assert (connection.state, connection.problem) == (State.CONNECTED, "")


def test_the_secret_of_an_address_is_shown_to_who_may_change_things_and_can_be_replaced(
    ann, bob, busy, automations, receiver
):
    found = made(busy, then=[{"webhook": {"url": receiver.url}}])
    connection = endpoint(busy.web.team, receiver.url)
    before = connection.secrets["secret"]
    assert before in ann.get(f"{automations}/{found.pk}").content.decode()
    assert "whsec_" not in bob.get(f"{automations}/{found.pk}").content.decode()
    ann.post(f"{automations}/{found.pk}/addresses/{connection.pk}", {"do": "secret"})
    after = Connection.objects.get().secrets["secret"]
    assert after != before
    assert after in ann.get(f"{automations}/{found.pk}").content.decode()
    other = endpoint(busy.evil.team, receiver.url)
    assert ann.post(f"{automations}/{found.pk}/addresses/{other.pk}", {"do": "secret"}).status_code == 404


def test_a_test_is_sent_at_once_and_its_answer_told(ann, busy, automations, receiver):
    found = made(busy, then=[{"webhook": {"url": receiver.url}}])
    address = f"{automations}/{found.pk}/addresses/{endpoint(busy.web.team, receiver.url).pk}"
    receiver.replies = [Reply(200, b"thanks"), Reply(401)]
    answer = ann.post(address, {"do": "test"}, follow=True)
    assert "Sent; the answer was 200: thanks." in answer.content.decode()
    asked = receiver.asked[0]
    told = Webhook(Connection.objects.get().secrets["secret"]).verify(asked.body, asked.headers)
    assert (told["type"], told["data"]["automation"]) == ("test", "Tell Rita")
    answer = ann.post(address, {"do": "test"}, follow=True)
    assert "The test did not arrive. The receiver answered 401" in answer.content.decode()


def test_of_an_address_a_member_sees_the_host_alone_and_logs_nothing(
    ann, bob, busy, automations, engine, receiver, caplog
):
    caplog.set_level("DEBUG")
    receiver.replies = [Reply(404, b"Cannot POST /in/s3cret-token?key=k3y-of-ours (s3cret-token)")]
    url = f"{receiver.url}/in/s3cret-token?key=k3y%2Dof%2Dours"
    found = made(busy, then=[{"webhook": {"url": url}}], enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    page, connections = f"{automations}/{found.pk}", f"/p/{busy.web.pk}/connections"
    for address in (automations, page, f"{page}/edit", f"{page}/log", f"{page}/looked-back", connections):
        text = bob.get(address).content.decode()
        assert "s3cret" not in text and "k3y" not in text, address
    assert "s3cret" not in caplog.text and "k3y" not in caplog.text
    shown = main(bob.get(page))
    assert f"Send a webhook: {receiver.url}" in shown and "The receiver answered 404: Cannot POST …" in shown
    for address in (automations, page):
        assert f"Send a webhook: {url}" in main(ann.get(address))
    assert url in ann.get(f"{page}/edit").content.decode()


def test_what_was_for_an_address_in_the_last_hours_is_sent_again(ann, bob, busy, automations, engine, receiver):
    found = made(busy, then=[{"webhook": {"url": receiver.url}}], enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    address = f"{automations}/{found.pk}/addresses/{endpoint(busy.web.team, receiver.url).pk}"
    (delivery,) = Delivery.objects.all()
    assert delivery.state == "done"
    failed, everything = {"do": "again", "which": "failed", "hours": "24"}, {"do": "again", "which": "all"}
    assert bob.post(address, everything).status_code == 403
    assert "0 webhooks are sent again now." in ann.post(address, failed, follow=True).content.decode()
    said = ann.post(address, everything | {"hours": "24"}, follow=True).content.decode()
    assert "1 webhook is sent again now." in said
    work(delivery.connection_id, threading.Event())
    assert len({each.headers["webhook-id"] for each in receiver.asked}) == 1 and len(receiver.asked) == 2
    Delivery.objects.update(state="failed", created_at=timezone.now() - timedelta(hours=30))
    assert "0 webhooks" in ann.post(address, failed, follow=True).content.decode()
    assert "1 webhook is" in ann.post(address, failed | {"hours": "168"}, follow=True).content.decode()


def test_the_page_of_an_account_says_what_automations_did(ann, busy, engine, monkeypatch):
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    home = f"/p/{busy.web.pk}"
    connect(busy)
    automation = made(busy, enabled=True)
    Rounds().look(busy.profile)
    fire(busy, engine)
    page = ann.get(link_to(ann.get(f"{home}/accounts?search=globex"), "Globex"))
    assert "Automations Tell Rita" in main(page) and "Add Tag in Intercom: hot" in main(page)
    assert link_to(page, "Tell Rita") == f"{home}/automations/{automation.pk}"
