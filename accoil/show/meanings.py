"""What each number means, in a sentence or two: pages, the documentation and the read API say it in these words.

`python -m accoil.show.meanings` writes docs/reference/metrics-in-words.md.
"""

from typing import NamedTuple


class Meaning(NamedTuple):
    """`says` may hold {window}, which becomes "the last 7 days" on a page and "the window" elsewhere. `field`: as the
    number is called in files, answers of the API and rules."""

    name: str
    says: str
    field: str = ""

    def in_window(self, days: int = 0) -> str:
        """0: where no profile says how long its window is."""
        return self.says.format(window=f"the last {days} days" if days > 1 else "today" if days else "the window")


PEOPLE = {
    "score": Meaning(
        "Score",
        "From 0 to 100: how much somebody does of what counts. The points of {window} are held against a "
        "benchmark, usually what the most active tenth has; who reaches it scores 90. An account scores what its "
        "active users score on average.",
        "score, engagement_score",
    ),
    "change": Meaning("Change", "The score less the score one window ago, both by today’s definition.", "change"),
    "line": Meaning("30 days", "The score on each of the last 30 days, by today’s definition."),
    "activation": Meaning(
        "Activation",
        "The steps of the profile that are done, of all its steps. Who has done all of them is activated.",
        "activation, activation_rate",
    ),
    "adoption": Meaning(
        "Adoption",
        "The part of the profile’s events that was done in {window}.",
        "adoption, adoption_rate",
    ),
    "lifetime_adoption": Meaning(
        "Adoption ever",
        "The part of the profile’s events that was done at any time.",
        "lifetime_adoption, lifetime_adoption_rate",
    ),
    "raw": Meaning(
        "Points",
        "Each event of the profile counts as many points as its weight. All points of {window} together make the "
        "score.",
        "raw, raw_score",
    ),
    "last_active": Meaning("Last active", "The last day with an event that counts in the profile.", "last_active"),
    "created_on": Meaning(
        "Since",
        "The day your product says it was created on; else the day it was first seen. Days since then are its tenure.",
        "created_on, created_at, tenure",
    ),
    "active_users": Meaning(
        "Active users",
        "Users of the account who did something that counts in {window}, of those who did anything at all in the "
        "last 90 days.",
        "active_users, total_users",
    ),
    "active_percent": Meaning(
        "Users active",
        "Active users of the account, in percent of those who did anything in the last 90 days.",
        "active_percent, active_users_percentage",
    ),
    "frequency": Meaning("Days active", "Days with something that counts, of {window}.", "frequency"),
    "mrr": Meaning("MRR", "What the account pays a month, as your product sends it in the trait mrr: in cents.", "mrr"),
}
BOOK = {
    "active": Meaning(
        "Active",
        "Those who did something that counts in {window}, of all in the profile.",
        "active_users, active_accounts",
    ),
    "average_score": Meaning(
        "Average score",
        "The mean of the scores of those who were active in {window}. Who did nothing takes no part.",
    ),
    "total_score": Meaning("Total score", "The scores of all who were active in {window}, added up."),
    "average_active_percent": Meaning(
        "Users active in an account",
        "For each account, the part of its users that was active in {window}; of these parts the mean.",
    ),
    "most_engaged": Meaning(
        "Most engaged",
        "Those who score 75 or more. Slightly engaged are 50 to 74, passive 25 to 49, least engaged those below.",
    ),
    "lost": Meaning(
        "Lost 10 points or more",
        "Those whose score is at least 10 lower than one window ago, and what they pay together.",
    ),
    "bands": Meaning(
        "How they stand",
        "Everyone by score. Who did nothing in {window} scores 0 and is among the least engaged.",
    ),
    "average_adoption": Meaning(
        "Adoption",
        "For each who was active, the part of the profile’s events done in {window}; of these parts the mean.",
    ),
    "scored_events": Meaning(
        "Scored events",
        "How often events of the profile happened on a day, by all who count together.",
    ),
    "benchmark": Meaning(
        "Benchmark",
        "The points that score 90: what nine of ten active users stay below, anew each day; or a number that the "
        "profile sets.",
        "benchmark",
    ),
    "window": Meaning("Window", "How many days back events count. An event older than that gives no points any more."),
    "events": Meaning("Events", "How many different events the profile scores, each with a weight from 1 to 10."),
}
GROUPS = {
    "members": Meaning("Members", "How many the rule of the segment, or of the stage, holds for.", "members"),
    "gain": Meaning("In a week", "How many more or fewer are in it than seven days ago."),
    "group_score": Meaning("Score of a segment", "The mean score of its active members.", "score"),
    "value": Meaning(
        "They pay",
        "The MRR of its accounts, added up. Of users: of the accounts they belong to, each once.",
        "value",
    ),
    "conversion": Meaning(
        "Went on",
        "Of those who came into the stage in the days shown, the part that was in a later one since.",
    ),
    "median_stay": Meaning(
        "Median stay",
        "Of the stays that ended in the days shown, half were shorter than this and half longer. Those whose beginning "
        "nobody saw are left out.",
    ),
    "stuck": Meaning(
        "Stuck",
        "In the stage for more than twice its median stay. Nobody is called so before five stays have ended.",
    ),
}
VIEWS = {
    "event_adoption": Meaning(
        "Adoption of an event",
        "Of those who did anything in the days shown, the part that did this.",
        "adoption",
    ),
    "uptake_change": Meaning(
        "Change",
        "Adoption less adoption in as many days before, in percentage points.",
        "change, week_change",
    ),
    "on_a_day": Meaning(
        "On a day",
        "Of those active in {window}, the part that used the feature on a day; the mean of the last seven days.",
        "week",
    ),
    "did": Meaning("Who did it", "How many different ones did it in the days shown.", "did"),
    "times": Meaning("Times", "How often it happened in the days shown, by all of them together.", "times"),
    "average_times": Meaning("Times each", "How often each who did it did so, on average.", "average_times"),
    "average_events": Meaning(
        "Per head",
        "How often it happened for each of all who are looked at, also those who did not do it.",
        "average_events",
    ),
}
BACKTEST = {
    "looks": Meaning("Looks", "How often one of them was looked at, on all days together."),
    "cases": Meaning("Cases", "Looks after which what was asked for happened, within the days chosen."),
    "share": Meaning("Share", "Cases of all looks."),
    "sure": Meaning(
        "95 % sure",
        "Between these two the share would lie in 95 of 100 such samples: few cases make it wide.",
    ),
    "lift": Meaning(
        "Against everyone",
        "How many times as often it happened as it does for everyone. 1 is no difference.",
    ),
    "told_right": Meaning(
        "Pairs told right",
        "Of 100 pairs of one who came to it and one who did not, in so many the score was on the right side. A "
        "coin says 50.",
    ),
}
CONNECTIONS = {
    "matched": Meaning(
        "Matched",
        "Users and accounts that were found in the other tool: users by e-mail address, accounts through their users.",
    ),
    "attributes": Meaning("Attributes", "Fields that Accoil made in the other tool and keeps up to date."),
    "failed": Meaning("Failed", "Records whose last write was not taken. They are tried again by themselves."),
    "not_found": Meaning(
        "Not found",
        "Nobody in the other tool has that e-mail address. They are looked for again every six hours.",
    ),
    "several": Meaning("Several found", "More than one there fits, so none is written to."),
}
SECTIONS = {
    "Accounts and users": PEOPLE,
    "The whole book": BOOK,
    "Segments and journeys": GROUPS,
    "Views": VIEWS,
    "Backtest": BACKTEST,
    "Connections": CONNECTIONS,
}
MEANINGS = {key: meaning for section in SECTIONS.values() for key, meaning in section.items()}


def plain(key: str) -> str:
    """What it means, where no profile is looked through."""
    return MEANINGS[key].in_window()


def page() -> str:
    """docs/reference/metrics-in-words.md"""
    lines = [
        "# Metrics in words", "",
        "What each number means, in the words of the pages: click a number, or the ? beside the head of a column, and",
        "the same stands there. How exactly each is worked out: [the numbers](numbers.md). The column *in files* says",
        "what the number is called in CSV and Parquet files, in the [read API](api.md) and in [rules](rules.md).",
        "",
        "This page is made by `python -m accoil.show.meanings > docs/reference/metrics-in-words.md`.",
    ]  # fmt: skip
    for title, section in SECTIONS.items():
        lines += ["", f"## {title}", "", "| number | what it means | in files |", "|---|---|---|"]
        for meaning in section.values():
            called = ", ".join(f"`{field}`" for field in meaning.field.split(", ") if field)
            lines.append(f"| {meaning.name} | {meaning.in_window()} | {called} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
