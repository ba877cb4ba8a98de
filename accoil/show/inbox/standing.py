"""What a team has and who may see it: products, profiles, members, what they looked at last.
Loaded for many calls at once; a handful of questions whatever their number."""

from collections.abc import Collection

import msgspec

from accoil.connect.choice import Choice
from accoil.connect.models import Connection
from accoil.score.access import Seen, open_profiles, seen_by, summary_of
from accoil.score.configuration import Configuration
from accoil.score.models import Profile
from accoil.team.models import Member, Product


class Standing(msgspec.Struct):
    products: dict[int, Product]  # those of staging last
    profiles: dict[int, list[Profile]]  # by product, all there are
    open: dict[int, list[Profile]]  # by product, those that are open to the inbox
    summaries: dict[int, Profile | None]  # by product, the one that speaks for it
    members: dict[str, Seen]  # by e-mail
    choices: dict[str, Choice]  # by teammate

    def seen(self, email: str, product: int) -> list[Profile]:
        """The profiles of a product that a teammate with this address may see."""
        member = self.members.get(email)
        return (member.of(self.profiles.get(product, [])) if member else self.open.get(product)) or []


def standing(connection: Connection, emails: Collection[str], teammates: Collection[str]) -> Standing:
    """As seen by the connection's own team, and by no other."""
    team = connection.team_id
    products = sorted(Product.objects.filter(team=team), key=lambda each: (each.is_staging, each.pk))
    profiles: dict[int, list[Profile]] = {}
    for profile in Profile.objects.filter(product__team=team):
        profiles.setdefault(profile.product_id, []).append(profile)
    members = list(Member.objects.filter(team=team, user__email__in=emails).select_related("user"))
    seen = seen_by(members)
    configured = {each.product_id: each for each in Configuration.objects.filter(product__team=team)}
    return Standing(
        products={product.pk: product for product in products},
        profiles=profiles,
        open={product: open_profiles(there, configured.get(product)) for product, there in profiles.items()},
        summaries={product: summary_of(there, configured.get(product)) for product, there in profiles.items()},
        members={member.user.email: seen[member.pk] for member in members if member.user.is_active},
        choices={each.teammate: each for each in Choice.objects.filter(connection=connection, teammate__in=teammates)},
    )
