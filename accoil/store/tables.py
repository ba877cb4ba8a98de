"""The tables of facts that are shipped to ClickHouse: one row a key there, its version and whether it is gone beside.

DuckDB may hold several rows of a key, which loads appended and `merging` makes one of; what they say together is
written here for each column."""

import msgspec

# What the counting process alone asks, and therefore isn't shipped.
AT_HOME = ("loaded", "message", "link", "circle", "sealed", "set_aside")

TEXTS = {"zone", "account_trait", "name", "key", "value", "text", "email", "role"}
WITHOUT_FIGURE = {"number"}  # engines add parts in different orders; `value` says it too

Figures = list[dict[str, int]]  # product, day, n (rows), figure


class Table(msgspec.Struct, frozen=True):
    """`rest`: column → what the rows of a key say of it together. `day`: the column that tells which day's numbers a
    row moves. `tells_of_people`: whoever holds a list of people must make it anew."""

    name: str
    keys: tuple[str, ...]
    rest: dict[str, str]
    day: str | None = None
    tells_of_people: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.keys, *self.rest)

    def net(self, rows: str | None = None) -> str:
        """The question for one row of each key, of these rows (of all)."""
        together = [f"{said} as {column}" for column, said in self.rest.items()]
        keys = ", ".join(self.keys)
        return f"select {', '.join([keys, *together])} from {rows or self.name} group by {keys}"

    def figures(self, rows: str, hashed: str) -> str:
        """The question for one figure of what these rows say of each product and day: that of other rows is another
        one. `hashed`: how the engine makes a whole number of a text `{}`."""
        columns = [column for column in self.columns if column not in WITHOUT_FIGURE]
        whole = [
            f"coalesce({hashed.format(each)}, -1)" if each in TEXTS else f"coalesce({each}, -1)" for each in columns
        ]
        one, other = (
            " + ".join(f"cast({each} as bigint) % 1000003 * {first + step * place}" for place, each in enumerate(whole))
            for first, step in ((7919, 1299), (3571, 2741))
        )
        day = self.day or "0"
        # A product, since sums stay the same when two rows give each other what they say.
        return (
            f"select product, {day} as of_day, count(*) as n, "
            f"cast(sum((({one}) % 1000000007) * (({other}) % 1000000007) % 1000000007) as bigint) as figure "
            f"from {rows} group by product, of_day order by product, of_day"
        )


def _table(name: str, keys: str, rest: dict[str, str], day: str | None = None, *, people: bool = False) -> Table:
    return Table(name, tuple(keys.split()), rest, day, people)


def _latest(column: str, type: str) -> str:
    """Of rows of a trait: equal times go to the larger text, null lowest."""
    return f"cast(arg_max_null({column}, (sent_at, value <> 'null', value)) as {type})"


def _any(*columns: str) -> dict[str, str]:
    """Of rows that are alone, or all alike."""
    return {column: f"max({column})" for column in columns}


TRAIT = {"value": "varchar", "text": "varchar", "number": "double", "moment": "bigint", "moment_day": "integer"}
TABLES = (
    _table("product", "product", _any("zone", "account_trait")),
    _table(
        "name", "product kind id",
        {"name": "arg_min(name, (first_at, name))", "first_at": "min(first_at)", "first_day": "min(first_day)"},
        "first_day", people=True,
    ),
    _table("membership", "product user_id account_id sent_at sent_as", _any("day"), "day", people=True),
    _table(
        "trait", "product kind id sent_as key day",
        {"sent_at": "max(sent_at)"} | {column: _latest(column, type) for column, type in TRAIT.items()},
        "day", people=True,
    ),
    _table("trait_last", "product kind id key", _any("day", "text", "number", "moment_day", "value"), people=True),
    _table("span", "product user_id from_day", _any("account_id", "until_day"), people=True),
    _table(
        "counts", "product day user_id given_id account_id event_id sent_as",
        {"n": "cast(sum(n) as bigint)", "last_at": "max(last_at)"}, "day",
    ),
    _table(
        "ever", "product user_id account_id event_id",
        {
            "first_day": "min(first_day)", "last_day": "max(last_day)", "last_at": "max(last_at)",
            "n": "cast(sum(n) as bigint)",
        },
    ),
    _table(
        "waiting", "product kind user_id day given_id event_id",
        {"n": "cast(sum(n) as bigint)", "last_at": "max(last_at)"}, "day",
    ),
    _table("adopted", "product id", _any("by_id", "user_id"), people=True),
    _table("late", "product user_id given_id event_id day", {"received": "max(received)"}, "day"),
    _table("shown", "product id", _any("name", "email", "role", "created_day"), people=True),
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}
