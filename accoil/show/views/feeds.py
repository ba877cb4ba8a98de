"""Feeds: what changed, as cards one chooses; looked at here, and sent."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accoil.act import feeds as making
from accoil.act.feed_cards import TIMES, contents, within
from accoil.act.feeds import Draft, seen_by
from accoil.act.models import Delivery, Feed
from accoil.refused import Refused
from accoil.show import feed_form, feed_previews
from accoil.show.frame import Frame, frame_of, page, scored_frame_of

OF_LETTERS = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


def feeds(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "feeds")
    found = seen_by(request.user, frame.profiles)
    rows = [
        {"feed": each, "link": frame.link("feed", each.pk, profile=each.profile_id), "when": feed_form.when(each)}
        for each in found
    ]
    values = {
        "rows": rows, "sent": sum(bool(each.every) for each in found), "new_link": frame.link("new-feed"),
    }  # fmt: skip
    return page(frame, "show/feeds.html", values)


def feed(request: HttpRequest, product_id: int, feed_id: int) -> HttpResponse:
    """Its cards in one of the timeframes: this week, unless the address says another."""
    frame, found = framed(request, product_id, feed_id)
    time = request.GET.get("time", "")
    time = time if time in TIMES else "week"
    first, last = within(time, frame.today)
    told = contents(found.profile, found.cards, first, last)
    cards = [
        {"content": each, "lines": [(line, frame.link(each.scope, line.entity)) for line in each.lines]}
        for each in told
    ]
    failed = found.deliveries.filter(state=Delivery.State.FAILED).order_by("-pk").first()
    values = {
        "feed": found, "cards": cards, "first": first, "last": last, "when": feed_form.when(found), "failed": failed,
        "quiet_on": found.quiet_on if found.every else None, "quiet": len(found.cards) - len(cards),
        "may_edit": may_edit(frame, found),
        "times": [
            {"title": words, "link": frame.link("feed", found.pk, time=key), "here": key == time}
            for key, words in TIMES.items()
        ],
        "edit_link": frame.link("edit-feed", found.pk), "back": frame.link("feeds"),
        "preview_link": frame.link("feed-preview", found.pk),
    }  # fmt: skip
    return page(frame, "show/feed.html", values)


def preview(request: HttpRequest, product_id: int, feed_id: int) -> HttpResponse:
    """As Slack and mail programs would show it."""
    frame, found = framed(request, product_id, feed_id)
    values = {
        "feed": found, "back": frame.link("feeds"), "feed_link": frame.link("feed", found.pk),
        "letter_link": frame.link("feed-letter", found.pk), "when": feed_form.when(found),
        **feed_previews.of_feed(frame, found),
        "may_edit": may_edit(frame, found),
        "edit_link": frame.link("edit-feed", found.pk),
    }  # fmt: skip
    return page(frame, "show/feed_preview.html", values)


@xframe_options_sameorigin
def letter(request: HttpRequest, product_id: int, feed_id: int) -> HttpResponse:
    """The e-mail itself, for the page that shows it: it brings its own styles, and nothing else may come with it."""
    frame, found = framed(request, product_id, feed_id)
    made = feed_previews.letter(frame, found)
    shown = made.html() if made else "<p>Nothing changed, so nothing would be sent.</p>"
    return HttpResponse(shown, headers={"Content-Security-Policy": OF_LETTERS})


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "feeds")
    made = Feed(profile=frame.chosen, author=frame.author)
    return editor(frame, made, Draft(name="", cards=[{"card": "movers", "scope": "account", "what": "10"}]))


def edit(request: HttpRequest, product_id: int, feed_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, feed_id)
    if not may_edit(frame, found):
        raise PermissionDenied("Only owners and managers of the team change feeds that are shared.")
    return editor(frame, found, feed_form.of_feed(found))


def editor(frame: Frame, found: Feed, draft: Draft) -> HttpResponse:
    request, wrong = frame.request, ""
    if request.method == "POST":
        draft = feed_form.read(request.POST)
        if request.headers.get("HX-Request") == "true":
            return render(request, "show/parts/feed_sent.html", feed_previews.of_draft(frame, found, draft))
        if draft.is_shared and not frame.may_change:
            raise PermissionDenied("Only owners and managers of the team share feeds.")
        if request.POST.get("do") == "save":
            try:
                making.save(found, draft)
            except Refused as refused:
                wrong = str(refused)
            else:
                messages.success(request, f"The feed “{found.name}” is saved.")
                return redirect(frame.link("feed", found.pk))
    back = frame.link("feed", found.pk) if found.pk else frame.link("feeds")
    author = found.author.email if found.author else ""
    values = {"feed": found, "wrong": wrong, "back": back, **feed_form.shown(frame, draft, author)}
    if request.POST.get("do") == "check":
        values["sent"] = feed_previews.of_draft(frame, found, draft)
    return page(frame, "show/feed_edit.html", values, 422 if wrong else 200)


def delete(request: HttpRequest, product_id: int, feed_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, feed_id)
    if not may_edit(frame, found):
        raise PermissionDenied("Only owners and managers of the team delete feeds that are shared.")
    found.delete()
    messages.success(request, f"The feed “{found.name}” is deleted.")
    return redirect(frame.link("feeds"))


def framed(request: HttpRequest, product_id: int, feed_id: int) -> tuple[Frame, Feed]:
    """Seen through its own profile. Raises Http404 for one that is somebody else's, or of another product."""
    frame = frame_of(request, product_id, "feeds")
    found = get_object_or_404(seen_by(request.user, frame.profiles), pk=feed_id)
    frame.profile = frame.own(found.profile_id)
    return frame, found


def may_edit(frame: Frame, feed: Feed) -> bool:
    return frame.may_change if feed.is_shared else feed.author_id == frame.request.user.pk
