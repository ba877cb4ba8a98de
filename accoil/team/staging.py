"""A second product to try things out in: its events, scores and profiles are its own, its keys begin with stg_."""

from django.db import IntegrityError, transaction

from accoil.refused import Refused
from accoil.team.models import NAME_LENGTH, IngestKey, Product

ADDED = " (staging)"


def make_staging(product: Product) -> Product:
    """The staging product of a real one, made with a first key unless it is there already. Raises Refused."""
    if product.is_staging:
        raise Refused(f"“{product}” is a staging product itself.")
    if there := Product.objects.filter(staging_of=product).first():
        return there
    name = product.name[: NAME_LENGTH - len(ADDED)] + ADDED
    try:
        with transaction.atomic():
            made = Product.objects.create(
                team=product.team,
                name=name,
                time_zone=product.time_zone,
                staging_of=product,
                most_events=product.most_events,
                most_traits=product.most_traits,
            )
            IngestKey.objects.create(product=made)
    except IntegrityError:
        raise Refused(f"The team has another product called “{name}”; rename that one first.") from None
    return made
