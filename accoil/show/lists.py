"""The state of a list lives in its address: what is searched, how it is sorted, which page. Read here, linked here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from accoil.show.whole import whole

PAGE = 50  # rows


@dataclass(frozen=True)
class Column:
    """A column head. `sort` is the order its link asks for first, "" for a column that cannot be sorted."""

    title: str
    sort: str = ""
    css: str = ""
    fields: tuple[str, ...] = ()  # what it is made of, where that is not what it is sorted by
    says: str = field(default="", kw_only=True)  # its row in accoil.show.meanings

    @property
    def exported(self) -> tuple[str, ...]:
        """The columns of a file that hold what it shows."""
        return self.fields or ((self.sort.removeprefix("-"),) if self.sort else ())


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. Nonsense in it is read as the default, never refused: it is only a list."""

    search: str = ""
    sort: str = "-score"
    page: int = 1
    usual: str = "-score"  # the sort that needs no mention

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE

    @property
    def query(self) -> dict[str, object]:
        """The address's part of it: nothing for what is the default anyway."""
        return {
            "search": self.search,
            "sort": self.sort if self.sort != self.usual else "",
            "page": self.page if self.page > 1 else "",
        }


def wanted(query: QueryDict, columns: tuple[Column, ...], usual: str = "-score") -> Wanted:
    sorts = {column.sort.lstrip("-") for column in columns if column.sort}
    sort = query.get("sort", "")
    return Wanted(
        search=query.get("search", "").strip()[:200],
        sort=sort if sort.removeprefix("-") in sorts else usual,
        page=min(max(whole(query.get("page")), 1), 1_000_000),
        usual=usual,
    )


def heads(columns: tuple[Column, ...], now: Wanted, link: Callable[..., str]) -> list[dict[str, str]]:
    """Column heads with the link that sorts by them; the one sorted by turns round."""
    return [_head(column, now, link) for column in columns]


def _head(column: Column, now: Wanted, link: Callable[..., str]) -> dict[str, str]:
    here = bool(column.sort) and column.sort.lstrip("-") == now.sort.lstrip("-")
    turned = now.sort.removeprefix("-") if now.sort.startswith("-") else f"-{now.sort}"
    target = replace(now, sort=turned if here else column.sort, page=1)
    return {
        "title": column.title,
        "says": column.says,
        "css": column.css,
        "link": link(**target.query) if column.sort else "",
        "sorted": ("descending" if now.sort.startswith("-") else "ascending") if here else "",
    }


def pages(now: Wanted, shown: int, total: int, link: Callable[..., str]) -> dict[str, object]:
    """Which rows are shown, of how many, and the links back and on."""
    last = now.offset + shown
    return {
        "first": now.offset + 1 if shown else 0,
        "last": last,
        "total": total,
        "back": link(**replace(now, page=now.page - 1).query) if now.page > 1 else "",
        "next": link(**replace(now, page=now.page + 1).query) if last < total else "",
    }
