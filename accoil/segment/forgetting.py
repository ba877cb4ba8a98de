"""Stays that ended before daily counts are kept go, as those did."""

from datetime import date

from django.db.models import Exists, OuterRef

from accoil.count import days
from accoil.segment.built_in import EVERYONE
from accoil.segment.models import Kind, Segment, Stay

AT_ONCE = 5_000  # rows: others want to write too


def forget_ended(product: int, first: date) -> bool:
    """Removes some of a product's that ended before that day; whether there may be more. Of those who were among all
    users or accounts the first stay is kept: who comes again is not new."""
    for segment in Segment.every.filter(profile__product=product):
        ended = Stay.objects.filter(segment=segment, left_day__lte=days.number(first))
        if segment.kind == Kind.BUILT_IN and segment.key == EVERYONE:
            earlier = Stay.objects.filter(
                segment=segment, entity=OuterRef("entity"), entered_day__lt=OuterRef("entered_day")
            )
            ended = ended.filter(Exists(earlier))
        if some := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
            Stay.objects.filter(pk__in=some).delete()
            return True
    return False
