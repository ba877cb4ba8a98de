"""What is worth looking at once in what comes in: the check-list, odd event names, and how full the product is."""

from typing import Any

from accoil.count import people
from accoil.show import naming, words
from accoil.show.frame import Frame

NAMES_SHOWN = 20
ALMOST_FULL = 0.8
FEW = 3  # paying accounts that say nothing yet about what MRR is counted in
UNLIKELY_CENTS = 1_000  # a middle account that pays less than $10 a month
SMALL_CENTS = 10_000

Row = dict[str, Any]


def check_list(frame: Frame) -> list[Row]:
    """What is worth looking at once: each with whether it is well, what is the matter, and what to do."""
    health, told = people.health(frame.product.pk), people.accounts_told(frame.product.pk)
    unseen = [str(key) for key in frame.product.ingest_keys.filter(disabled_at=None, last_seen_at=None)]
    users, accounts = health["users"], told["accounts"]
    dollars = mrr_question(told["paying"], told["median_mrr"], told["whole_hundreds"])
    return [
        _check(not unseen, "Every key was seen", f"Never seen: {words.listed(unseen)}",
               "Send one call with it, or switch it off."),
        _share(health["users_without_account"], users, "user", "Every user has an account", "without an account",
               "Send a group call with userId and groupId after sign-in: scores of accounts are made of their users."),
        _share(told["without_name"], accounts, "account", "Every account has a name", "without a name",
               "Send the trait name in group calls; else people read ids."),
        _share(told["without_created_at"], accounts, "account", "Every account says when it was created",
               "without created_at", "Send the trait created_at in group calls; else the first event is day one."),
        _share(told["without_mrr"], accounts, "account", "Every account has an MRR", "without MRR",
               "Send the trait mrr, in cents a month, in group calls; it says what is at stake."),
        _check(not dollars, "MRR looks like cents", dollars,
               "Send 120000 for $1,200 a month. If these prices are right, all is well.",
               "Too few accounts pay to tell" if told["paying"] < FEW else ""),
    ]  # fmt: skip


def mrr_question(paying: int, median: float | None, whole_hundreds: int) -> str:
    """A kind question where MRR looks like dollars: tiny amounts, or small ones that are rarely whole dollars."""
    if paying < FEW or not median:
        return ""
    if median >= UNLIKELY_CENTS and (median >= SMALL_CENTS or whole_hundreds * 2 >= paying):
        return ""
    middle = f"the middle one of {paying:,} paying accounts pays {words.money(median)} a month"
    return f"Is MRR sent in dollars? Read as cents, {middle}"


def _share(n: int, of: int, noun: str, well: str, lacking: str, to_do: str) -> Row:
    if not of:
        return _check(True, well, "", to_do, f"No {noun} yet")
    return _check(not n, well, f"{words.number(n)} of {words.count(of, noun)} {lacking}", to_do)


def _check(good: bool, well: str, matter: str, to_do: str, waits: str = "") -> Row:
    return {"good": good, "said": well if good else matter, "to_do": "" if good else to_do, "waits": waits}


def odd_names(frame: Frame) -> tuple[list[tuple[str, str]], int]:
    """Event names worth changing, each with the advice, and how many more there are."""
    told = naming.advice(sorted(people.all_names(frame.product.pk, "events")))
    return told[:NAMES_SHOWN], max(len(told) - NAMES_SHOWN, 0)


def caps(frame: Frame) -> list[Row]:
    """How full the product is of event names and trait keys."""
    many = people.how_many_names(frame.product.pk)
    kinds = (("events", "event names"), ("user_traits", "user traits"), ("account_traits", "account traits"))
    found = []
    for what, noun in kinds:
        most = frame.product.most_events if what == "events" else frame.product.most_traits
        share = many[what] / most
        found.append(
            {
                "noun": noun,
                "many": many[what],
                "most": most,
                "percent": min(words.in_percent(share), 100),
                "is_full": share >= 1,
                "warns": share >= ALMOST_FULL,
                "said": _cap_said(noun, what == "events", share),
            }
        )
    return found


def _cap_said(noun: str, is_events: bool, share: float) -> str:
    if share >= 1:
        return "Calls with a new event name are rejected." if is_events else "New traits are left out of calls."
    return f"Soon no new {noun} will be taken." if share >= ALMOST_FULL else ""
