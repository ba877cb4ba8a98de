"""Features: named sets of events, the same for all profiles of a product. An event belongs to one at most."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from django.db import models, transaction

from accoil.refused import Refused
from accoil.score.file_format import named
from accoil.score.reading import LONGEST_EVENT_NAME
from accoil.team.models import NAME_LENGTH, Product
from accoil.team.names import tidied

MOST = 100
MOST_EVENTS = 500  # in one feature
LONGEST_DESCRIPTION = 500
KEYS = ("name", "description", "events")


class Feature(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="features")
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "name"], name="feature_name_in_product")]

    def __str__(self) -> str:
        return self.name


class FeatureEvent(models.Model):
    """That an event belongs to a feature. The product stands here too, so that the database keeps it to one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=LONGEST_EVENT_NAME)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "event"], name="event_in_one_feature")]

    def __str__(self) -> str:
        return f"{self.event} in {self.feature}"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A feature in words. `id` 0: not saved yet."""

    name: str
    events: tuple[str, ...]
    description: str = ""
    id: int = 0


Edit = Callable[[list[Said]], Sequence[Said]]


def kept(product: Product) -> list[Said]:
    """In their order."""
    return [
        Said(
            id=feature.pk,
            name=feature.name,
            description=feature.description,
            events=tuple(each.event for each in feature.events.all()),
        )
        for feature in product.features.prefetch_related("events")
    ]


def events_of(product: Product) -> dict[str, tuple[str, ...]]:
    """Feature → its events, both in their order."""
    return {feature.name: feature.events for feature in kept(product)}


def edit(product: Product, change: Edit) -> list[Said]:
    """Puts what `change` makes of the features in their place, all or nothing; returns them as they are kept then.

    Profiles follow by `accoil.score.carried`. Raises Refused with a sentence about the first thing that is wrong.
    """
    with transaction.atomic():
        list(Product.objects.select_for_update().filter(pk=product.pk))  # one edit at a time, each sees the one before
        before = kept(product)
        after = check_all(change(before))
        if after != before:
            _write(product, after)
    return kept(product)


def moved(features: Sequence[Said], feature: Said, by: int) -> list[Said]:
    """With that one `by` places further down (negative: up), as far as there is room."""
    others = [each for each in features if each != feature]
    place = min(max(0, list(features).index(feature) + by), len(others))
    return [*others[:place], feature, *others[place:]]


def read_all(raw: Any) -> list[Said]:
    """From a definitions file: a list of {name, description, events}. Raises Refused."""
    return check_all(_read(name, entry) for name, entry in named(raw, "features", "feature").items())


def check_all(features: Iterable[Said]) -> list[Said]:
    """With spaces tidied. Raises Refused."""
    tidy = [_check(each) for each in features]
    if len(tidy) > MOST:
        raise Refused(f"These are {len(tidy)} features; a product has at most {MOST}.")
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for feature in tidy:
        if feature.name.casefold() in names:
            raise Refused(f"Two features are called “{feature.name}”; give each its own name.")
        names[feature.name.casefold()] = feature.name
        for event in feature.events:
            if event in owners:
                raise Refused(
                    f"“{event}” is in {owners[event]} and in {feature.name}; an event belongs to one feature at most."
                )
            owners[event] = feature.name
    return tidy


def _read(name: str, entry: Mapping[str, Any]) -> Said:
    for key in entry:
        if key not in KEYS:
            raise Refused(f"Feature “{name}”: “{key}” is not a key; there are: {', '.join(KEYS)}.")
    events = entry.get("events")
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        raise Refused(f"Feature “{name}”: events must be a list of event names, such as [Report_Created].")
    description = entry.get("description") or ""
    if not isinstance(description, str):
        raise Refused(f"Feature “{name}”: description must be a text.")
    return Said(name=name, events=tuple(events), description=description)


def _check(feature: Said) -> Said:
    name, description = tidied("feature", feature.name), " ".join(feature.description.split())
    if len(description) > LONGEST_DESCRIPTION:
        raise Refused(f"Feature “{name}”: the description is longer than {LONGEST_DESCRIPTION} characters; shorten it.")
    events = tuple(dict.fromkeys(event for event in feature.events if event.strip()))
    if not events:
        raise Refused(f"Feature “{name}” holds no event; name at least one.")
    if len(events) > MOST_EVENTS:
        raise Refused(f"Feature “{name}” holds {len(events)} events; a feature holds at most {MOST_EVENTS}.")
    for event in events:
        if len(event) > LONGEST_EVENT_NAME:
            raise Refused(f"Feature “{name}”: an event's name is longer than {LONGEST_EVENT_NAME} characters.")
    return msgspec.structs.replace(feature, name=name, description=description, events=events)


def _write(product: Product, features: Sequence[Said]) -> None:
    """Names and events may have been swapped, so none of them stands while the others are written."""
    FeatureEvent.objects.filter(product=product).delete()
    stay = {each.id for each in features if each.id}
    product.features.exclude(pk__in=stay).delete()
    for feature in product.features.all():
        product.features.filter(pk=feature.pk).update(name=f"{feature.pk}\n")  # no name ends in a line break
    events: list[FeatureEvent] = []
    for position, each in enumerate(features):
        values = {"name": each.name, "description": each.description, "position": position}
        if each.id:
            product.features.filter(pk=each.id).update(**values)
            row = product.features.get(pk=each.id)
        else:
            row = product.features.create(**values)
        events += [
            FeatureEvent(product=product, feature=row, event=event, position=place)
            for place, event in enumerate(each.events)
        ]
    FeatureEvent.objects.bulk_create(events)
