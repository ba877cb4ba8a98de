"""The tab that says what the numbers mean."""

from accoil.show import words
from accoil.show.inbox import parts, said
from accoil.show.inbox.looked import Looked
from accoil.show.inbox.parts import Part, plain

MOST_WEIGHTS = 8  # of scored events that are named


def info(looked: Looked) -> list[Part]:
    """What each word means, with the settings of this very profile."""
    definition, window = looked.figures.definition, words.this_window(looked.window)
    ranked = sorted(definition.events.items(), key=lambda each: (-each[1], each[0]))
    counts = [f"{plain(words.event(name))} {weight}" for name, weight in ranked]
    meant = {
        "Engagement": f"0 to 100, from what people did {window}, each event times its weight, measured against "
        "everybody else. 90 is what the busiest tenth reach. An account has the average of its active users. "
        f"In brackets: the change in {words.window(looked.window)}.",
        "Band": "75 and more is most engaged, 50 to 74 slightly engaged, 25 to 49 passive, below that least engaged.",
        "Last active": "The last day with an event that counts.",
        "Users active": f"How many of its users did something that counts {window}, of those seen in 90 days.",
        "Active on": f"On how many days something that counts was done {window}.",
        "Activation": "How many of the steps that make a good start are done, in any order.",
        "Adoption": f"How many of the events that count were done {window}; ever: since the beginning.",
        "Segments": "Groups they are in at the moment, in this profile.",
        "What counts": f"{words.listed(counts, most=MOST_WEIGHTS)}.",
    }
    profile = f"{plain(looked.view.profile.name)}, of {plain(looked.view.product.name)}"
    at = said.when(looked.figures.book.computed_at, looked.view.product.zone, looked.today)
    return [
        parts.header("What the numbers mean"),
        *(parts.text(f"**{word}**: {meaning}") for word, meaning in meant.items()),
        parts.text(f"Profile: {profile}. Counted {at}, {looked.view.product.time_zone.replace('_', ' ')}.", "muted"),
    ]
