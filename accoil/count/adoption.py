"""Ids that turn out to be somebody's: anonymous ids a user adopts, earlier ids of one user.

Facts are kept under the user they count for, with the id they were sent under beside it (`sent_as`). Facts of ids
that are nobody's yet wait. What a load tells about ids is followed for just those it touches, in its transaction."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import ids as ids_of
from accoil.count import trees
from accoil.count.arrived import Arrived
from accoil.count.shown import show_again
from accoil.store.questions import beside
from accoil.store.store import Loading, Store

ASK = beside(__file__, "adoption")
ATTRIBUTE = beside(__file__, "load")

UNSEEN = 4  # kind of a trait told of an id that is nobody yet


def products(store: Store) -> set[int]:
    """Those with linked or waiting ids. The others pay nothing for all this."""
    return set(store.ask(ASK["products"])["product"].to_pylist())


def concerns(arrived: Arrived) -> bool:
    return len(arrived.links) > 0 or bool(pc.any(arrived.messages["is_anonymous"]).as_py())


class Adoption:
    """One load's part of it."""

    def __init__(self, loading: Loading) -> None:
        self._loading = loading
        self.released = 0  # rows that wait no more
        self.news: set[int] = set()  # products with ids that turn out to be somebody's

    def resolve(
        self, messages: pa.Table, traits: pa.Table, links: pa.Table
    ) -> tuple[pa.Table, pa.Table, dict[int, int]]:
        """Follows new links and moves what they move; messages and traits under the users they are of, and by product
        the first day on which numbers of before change. Names are in the store already."""
        moved = self._move_users() if self._follow_all(links) else {}
        for product, first_day in self._release().items():
            moved[product] = min(first_day, moved.get(product, first_day))
        known = self._known(messages)
        return _of_users(messages, "user_id", known), _traits_of_users(traits, known), moved

    def join(self) -> None:
        """Has memberships that waited looked at with the new ones."""
        if self.released:
            self._tell("released_touched")

    def count(self, messages: pa.Table) -> None:
        """Events that waited are counted with the new ones, and new ones of nobody wait."""
        if self.released:
            self._tell("released_counts")
        if pc.any(pc.and_not(messages["is_anonymous"], messages["waits"])).as_py():
            self._tell("adopted_names")
        if pc.any(messages["waits"]).as_py():
            self._tell("waiting")

    def _follow_all(self, links: pa.Table) -> bool:
        """Whether anybody is somebody else than before."""
        self._tell("no_moves")
        if not len(links):
            return False
        self._loading.hand_in("fresh_link", links)
        self._tell("new_links")
        told = self._loading.ask(ASK["new_products"])["product"].to_pylist()
        if told:
            self.news |= set(told)
            self._tell("forget_later_links", "links")
        moves = [self._follow(product) for product in told]
        return any(moves)

    def _follow(self, product: int) -> bool:
        """Puts the links of one product into force: `adopted`, and into `moved` whoever is somebody else now."""
        changed = _pairs(self._loading.ask(ASK["changed_links"], product=product), "id", "by_id")
        if not changed:
            return False
        tree = _Tree(self._loading, product)
        tree.add({*changed, *changed.values()})
        parents: dict[int, int] = {**tree.parents, **changed}
        ends = None if tree.has_circles else trees.ends(parents)
        if ends is None:
            parents = tree.in_order()
            ends = trees.ends(parents) or {}
        ids = sorted({*tree.was, *ends})
        columns = {
            "id": ids,
            "by_id": [parents.get(id, ids_of.NOBODY) for id in ids],
            "old_id": [tree.was.get(id, id) for id in ids],
            "user_id": [ends.get(id, id) for id in ids],
        }
        self._loading.hand_in("tree", pa.table({name: pa.array(each, pa.int64()) for name, each in columns.items()}))
        for name in ("moves", "forget_adopted", "adopted"):
            self._loading.tell(ASK[name], product=product)
        return True

    def _move_users(self) -> dict[int, int]:
        """Facts counted already for somebody who is somebody else now: of merged users and of links that changed."""
        self._tell("counted_as_users")
        moved = _pairs(self._loading.ask(ASK["moved_products"]), "product", "first_day")
        if moved:
            self._tell("move_counts", "move_memberships", "move_traits", "touched", "told_again")
            self._attribute("fresh_spans", "changed", "forget_spans", "spans")
            self._tell("counted")
            self._attribute("attribute_again")
            self._tell("without_account")
            self._attribute("forget_ever", "ever_again")
            self._tell("forget_last_traits", "last_traits")
            show_again(self._loading, "told_again")
        return moved

    def _release(self) -> dict[int, int]:
        """Lets go what waited for ids that are somebody's now; its memberships and events go the way of new ones."""
        self._tell("released")
        found = self._loading.ask(ASK["released_products"])
        self.released = sum(found["n"].to_pylist())
        self.news |= set(found["product"].to_pylist())
        if self.released:
            self._tell(
                "forget_waiting", "released_names", "released_traits", "told_of_released", "forget_last_traits",
                "last_traits", "released_memberships",
            )  # fmt: skip
            show_again(self._loading, "told_again")
        return _pairs(found, "product", "first_day")

    def _known(self, messages: pa.Table) -> dict[int, int]:
        """Of the ids in this load those that are a user's: whose."""
        columns = ["product", "user_id", "is_anonymous"]
        asked = messages.select(columns).group_by(columns).aggregate([])
        asked = asked.rename_columns(["product", "id", "is_anonymous"])
        self._loading.hand_in("asked", asked)
        known = _pairs(self._loading.ask(ASK["who_they_are"]), "id", "user_id")
        anonymous = asked.filter(asked["is_anonymous"])
        if not len(anonymous):
            return known
        self._loading.hand_in("asked", anonymous)
        return {id: id for id in self._loading.ask(ASK["who_are_users"])["id"].to_pylist()} | known

    def _tell(self, *names: str) -> None:
        for name in names:
            self._loading.tell(ASK[name])

    def _attribute(self, *names: str) -> None:
        for name in names:
            self._loading.tell(ATTRIBUTE[name])


class _Tree:
    """The ids that are the same people as some ids, with what they were before this load."""

    def __init__(self, loading: Loading, product: int) -> None:
        self._loading = loading
        self._product = product
        self.was: dict[int, int] = {}  # id → the user it was in the end
        self.parents: dict[int, int] = {}  # id → the link in force
        self.has_circles = False

    def add(self, ids: set[int]) -> None:
        """With everybody who is one of these in the end, and who that is."""
        for row in self._ask("trees", ids).to_pylist():
            self.was[row["id"]] = row["user_id"]
            if row["id"] != row["user_id"]:
                self.parents[row["id"]] = row["by_id"]
            self.has_circles = self.has_circles or row["in_circle"]

    def in_order(self) -> dict[int, int]:
        """The links in force where some may close circles: all links of all these ids, one after the other."""
        looked_at: set[int] = set()
        links: list[tuple[int, str, int, int]] = []
        while ids := set(self.was) - looked_at:
            looked_at |= ids
            found = self._ask("links_of", ids).to_pylist()
            links += [(row["sent_at"], row["name"], row["id"], row["by_id"]) for row in found]
            if others := {row["by_id"] for row in found} - set(self.was):
                self.add(others)
        links.sort(key=lambda link: link[1], reverse=True)
        links.sort(key=lambda link: link[0])
        parents, circles = trees.in_order((id, by) for _, _, id, by in links)
        self._hand_in(looked_at)
        self._loading.tell(ASK["forget_circles"], product=self._product)
        self._hand_in(circles)
        self._loading.tell(ASK["circles_anew"], product=self._product)
        return parents

    def _ask(self, name: str, ids: set[int]) -> pa.Table:
        self._hand_in(ids)
        return self._loading.ask(ASK[name], product=self._product)

    def _hand_in(self, ids: set[int]) -> None:
        self._loading.hand_in("asked", pa.table({"id": pa.array(sorted(ids), pa.int64())}))


def _of_users(table: pa.Table, column: str, known: dict[int, int]) -> pa.Table:
    """`column` becomes the user's id, `sent_as` what it was, and those who are known wait no more."""
    ids = np.array(sorted(known), np.int64)
    if not len(ids):
        return table
    users = np.array([known[id] for id in ids.tolist()], np.int64)
    sent = table[column].to_numpy()
    places = np.searchsorted(ids, sent)
    places[places == len(ids)] = 0
    found = ids[places] == sent
    user = np.where(found, users[places], sent)
    waits = table["waits"].to_numpy() & ~found
    return (
        table.set_column(table.schema.get_field_index(column), column, pa.array(user))
        .set_column(table.schema.get_field_index("sent_as"), "sent_as", pa.array(np.where(user != sent, sent, 0)))
        .set_column(table.schema.get_field_index("waits"), "waits", pa.array(waits))
    )


def _traits_of_users(traits: pa.Table, known: dict[int, int]) -> pa.Table:
    of_accounts = pc.equal(traits["kind"], ids_of.ACCOUNT)
    told = _of_users(traits.filter(pc.invert(of_accounts)), "id", known)
    kinds = pc.if_else(told["waits"], pa.scalar(UNSEEN, pa.int8()), told["kind"])
    told = told.set_column(told.schema.get_field_index("kind"), "kind", kinds)
    return pa.concat_tables([told, traits.filter(of_accounts)])


def _pairs(table: pa.Table, key: str, value: str) -> dict[int, int]:
    return dict(zip(table[key].to_pylist(), table[value].to_pylist(), strict=True))
