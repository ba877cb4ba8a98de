"""Which products somebody may see: every page asks here, so no team ever sees another's."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accoil.refused import Refused
from accoil.team.models import Product

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accoil.team.models import User


def products_of(user: "User | AnonymousUser") -> QuerySet[Product]:
    """The products of the person's teams, oldest first; none for a stranger."""
    if not user.is_authenticated:
        return Product.objects.none()
    return Product.objects.filter(team__members__user=user).select_related("team").order_by("id")


def product_for(request: HttpRequest, product_id: int) -> Product:
    """The product, if the signed-in person may see it. Raises Http404 alike for another team's and for none."""
    product = products_of(request.user).filter(pk=product_id).first()
    if product is None:
        raise Http404("There is no such product in your teams.")
    return product


def product_named(name: str | None) -> Product:
    """The product an operator means: by name, "Team/Product" or number; without a name the only one there is, staging
    products left aside.

    Raises Refused with the names to choose from.
    """
    products = list(Product.objects.select_related("team"))
    if not products:
        raise Refused("There is no product yet; make one with accoil init --team T --product P --email E.")
    found = [each for each in products if name in _spellings(each) or (name is None and not each.is_staging)]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(f"“{product.team}/{product}”" for product in products)
    if name is None:
        raise Refused(f"There are several products; choose one with --product: {choices}.")
    if not found:
        raise Refused(f"There is no product “{name}”; there are: {choices}.")
    raise Refused(f"Several products are called “{name}”; choose one of: {choices}.")


def _spellings(product: Product) -> set[str]:
    return {product.name, f"{product.team.name}/{product.name}", str(product.pk)}
