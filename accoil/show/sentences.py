"""The sentence each page opens with: what happened, then why. Pure functions; the answer is safe HTML whose
figures stand in <b>, so that the eye can read them alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accoil.show import words

HOT = 10  # a change of this many points is worth a person's time (segments Red Hot and Ice Cold)
MOST_NAMED = 6  # scores listed one by one; of more people, the lowest and the highest say enough
DEAR = 100_000  # cents a month; an account above it is named when it cools down
Row = Mapping[str, Any]


def bold(text: str | int) -> SafeString:
    return format_html("<b>{}</b>", text)


def dashboard(summary: Row, cooled: Sequence[Row], warmed: Sequence[Row], window: int) -> SafeString:
    """37 of 200 accounts were active this week; 5 cooled down, 2 of them pay over $1,000 a month."""
    if not summary["accounts"]:
        return without_accounts(summary, window)
    return format_html("{}{}.", active("account", summary, window), moved(cooled, warmed))


def active(kind: str, summary: Row, window: int) -> SafeString:
    """37 of 200 accounts were active this week"""
    some, total = summary[f"active_{kind}s"], summary[f"{kind}s"]
    if not some:
        return format_html("None of {} {} active {}", bold(words.count(total, kind)), was(total), in_(window))
    figures = bold(f"{words.number(some)} of {words.count(total, kind)}")
    return format_html("{} {} active {}", figures, was(some), in_(window))


def moved(cooled: Sequence[Row], warmed: Sequence[Row]) -> SafeString:
    """; 5 cooled down, 2 of them pay over $1,000 a month, and 3 warmed up"""
    if not cooled and not warmed:
        return format_html("{}", "; nobody moved by 10 points or more")
    said = []
    if cooled:
        dear = sum((row.get("mrr") or 0) > DEAR for row in cooled)
        said.append(format_html("{} cooled down{}", bold(len(cooled)), paying(dear, len(cooled))))
    if warmed:
        said.append(format_html("{} warmed up", bold(len(warmed))))
    return format_html("; {}", format_html_join(" and ", "{}", ((part,) for part in said)))


def paying(dear: int, of: int) -> SafeString:
    if not dear:
        return format_html("")
    amount = words.money(DEAR)
    if dear == of:
        return format_html(" and {} over {} a month", "pays" if of == 1 else "all of them pay", amount)
    return format_html(", {} of them {} over {} a month,", bold(dear), "pays" if dear == 1 else "pay", amount)


def without_accounts(summary: Row, window: int) -> SafeString:
    if not summary["users"]:
        return format_html("{}", "Nobody is in this profile yet: the first event brings the first user.")
    return format_html(
        "{}; no account yet: a group call says which company a person belongs to.",
        active("user", summary, window),
    )


def accounts(summary: Row, best: Row | None, window: int) -> SafeString:
    """37 of 200 accounts were active this week, at 61 on average; Acme leads with 99."""
    if not summary["accounts"]:
        return without_accounts(summary, window)
    return ranked("account", summary, best, window)


def users(summary: Row, best: Row | None, window: int) -> SafeString:
    if not summary["users"]:
        return without_accounts(summary, window)
    return ranked("user", summary, best, window)


def ranked(kind: str, summary: Row, best: Row | None, window: int) -> SafeString:
    opening = active(kind, summary, window)
    if not summary[f"active_{kind}s"] or best is None:
        return format_html("{}.", opening)
    average = bold(round(summary[f"average_{kind}_score"]))
    leads = format_html("{} leads with {}", bold(best["name"]), bold(best["score"]))
    return format_html("{}, at {} on average; {}.", opening, average, leads)


def person(name: str, score: int, change: int, window: int, events: Iterable[Row]) -> SafeString:
    """Acme is at 72, up 12 in a week: 4 Reports created against 1 the week before."""
    opening = format_html("{} is at {}, {}", bold(name), bold(score), words.change_in(change, window))
    reason = because(change, window, events)
    return format_html("{}: {}.", opening, reason) if reason else format_html("{}.", opening)


def because(change: int, window: int, events: Iterable[Row]) -> str:
    """The event that moved most points in the direction of the change, in words; "" when none did."""
    moved = sorted(events, key=gain)
    if not moved or not change:
        return quiet(window, moved)
    row = moved[-1] if change > 0 else moved[0]
    if gain(row) * change <= 0:
        return "the same activity counts for " + ("more" if change > 0 else "less") + " because the benchmark moved"
    return against(row["event"], row["count_after"], row["count_before"], window)


def against(event: str, after: int, before: int, window: int) -> str:
    """4 Reports created against 1 the week before"""
    then = words.window_before(window)
    if not after:
        return f"no {words.event(event)} {in_(window)}, {words.number(before)} {then}"
    return f"{words.happened(event, after)} against {words.number(before) if before else 'none'} {then}"


def quiet(window: int, events: Sequence[Row]) -> str:
    return "" if any(row["count_after"] for row in events) else f"nothing scored {in_(window)}"


def gain(row: Row) -> float:
    return float(row["points_after"] - row["points_before"])


def in_(window: int) -> str:
    return words.this_window(window)


def was(n: int) -> str:
    return "was" if n == 1 else "were"


def account_score(explained: Row) -> SafeString:
    """How an account's users make its score: "Its 3 active people score 99, 63 and 54; the average is 72." """
    users = [row for row in explained["users"] if row["raw"]]
    if not users:
        return format_html("{}", "Nobody of it did anything that counts, so the score is 0.")
    scores = words.listed([str(row["score"]) for row in users], most=MOST_NAMED)
    if len(users) == 1:
        return format_html("Its one active person scores {}, and so does it.", bold(scores))
    people = words.count(len(users), "active person", "active people")
    if len(users) > MOST_NAMED:
        low, high = min(row["score"] for row in users), max(row["score"] for row in users)
        return format_html(
            "Its {} score between {} and {}; the average is {}.", people, low, high, bold(explained["score"])
        )
    return format_html("Its {} score {}; the average is {}.", people, scores, bold(explained["score"]))


def user_score(explained: Row) -> SafeString:
    """How a user's points make the score: "187 points, against a benchmark of 208.2, make 87." """
    if not explained["raw"]:
        return format_html("{}", "Nothing that counts was done, so the score is 0.")
    points = bold(words.count(explained["raw"], "point"))
    against = words.number(explained["benchmark"] or 0)
    return format_html("{}, against a benchmark of {}, make {}.", points, against, bold(explained["score"]))


def curve(explained: Row, window: int) -> str:
    """How points become a score, and what the benchmark is, in one paragraph."""
    benchmark = explained["benchmark"]
    if benchmark is None:
        return f"Nobody did anything that counts {in_(window)}, so there is nothing to measure against."
    b = words.number(benchmark)
    meaning = f"Nine in ten active people have at most {b} points in {words.window(window)}: the benchmark."
    if explained["curve"] == "linear":
        return f"{meaning} A person's score is 100 × points ÷ {b}, at most 100."
    return f"{meaning} A person's score is 100 × (1 − 10^(−points ÷ {b})): 90 at the benchmark, and never quite 100."


def preview(result: Row, is_first: bool) -> SafeString:
    """What a draft would do, in a line: "3 accounts would enter Most engaged; the average moves…" """
    before, after = result["bands_now"], result["bands_draft"]
    if not sum(after.values()):
        return format_html("{}", "No account is known yet, so there is nothing to show; users are scored all the same.")
    if is_first:
        return format_html(
            "{} would be scored, {} of them at 75 or more.",
            bold(words.count(result["scored_draft"], "account")),
            bold(words.number(after["most"])),
        )
    movers = len(result["up"]) + len(result["down"])
    if not movers:
        return format_html("{}", "Nothing moves: the draft gives everyone the score they have.")
    gained = after["most"] - before["most"]
    if not gained:
        return format_html("Scores move, but {} stay at 75 or more.", bold(words.count(after["most"], "account")))
    more = "more" if gained > 0 else "fewer"
    return format_html(
        "{} at 75 or more: {} instead of {}.",
        bold(words.count(abs(gained), f"account {more}", f"accounts {more}")),
        words.number(after["most"]),
        words.number(before["most"]),
    )


def profiles(rows: Sequence[Row]) -> SafeString:
    if not rows:
        return format_html("{}", "A profile says which events count, and how much. Every score follows from it.")
    if len(rows) == 1:
        row = rows[0]
        return format_html(
            "{} looks at {} of activity through {}.",
            bold(row["profile"].name), words.count(row["window"], "day"), bold(words.count(row["events"], "event")),
        )  # fmt: skip
    return format_html(
        "{} look at the same product, each with its own idea of what counts.", bold(f"{len(rows)} profiles")
    )


def profile(draft: Any) -> SafeString:
    """14 of 20 events count, over 7 days; Report Created makes 34 % of the points."""
    counting, known = len(draft.scored), len(draft.events)
    opening = format_html(
        "{} count, over {}", bold(f"{counting} of {words.count(known, 'event')}"), words.count(int(draft.window), "day")
    )
    first = draft.scored[0] if draft.scored else None
    if first is None or not first.share:
        return format_html("{}.", opening)
    return format_html("{}; {} makes {} of the points.", opening, bold(words.event(first.event)), f"{first.share} %")


def saved(version: Any, before: int) -> str:
    if version.number == before:
        return f"Version {before} stays in force: the definition is unchanged."
    return f"Saved as version {version.number}, in force from today."


def saved_meanwhile(version: Any) -> str:
    who = str(version.author) if version.author else "Somebody"
    return f"{who} saved version {version.number} while you were writing. Save again to replace it with yours."
