import pytest
from django.http import QueryDict

from accoil.show import columns, lists


def link(**query: object) -> str:
    return "&".join(f"{key}={value}" for key, value in query.items() if value)


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", lists.Wanted()),
        ("search=+acme+&sort=-mrr&page=3", lists.Wanted("acme", "-mrr", 3)),
        ("sort=name", lists.Wanted(sort="name")),
        ("sort=password", lists.Wanted()),
        ("sort=--score", lists.Wanted()),
        ("page=0", lists.Wanted()),
        ("page=-4", lists.Wanted()),
        ("page=many", lists.Wanted()),
        ("page=9999999", lists.Wanted(page=1_000_000)),
        ("page=99999999999999999999", lists.Wanted()),
    ],
)
def test_nonsense_in_the_address_is_read_as_the_default(address, wanted):
    assert lists.wanted(QueryDict(address), columns.sortable("account")) == wanted


def test_a_column_head_sorts_by_it_and_the_one_sorted_by_turns_round():
    heads = {
        head["title"]: head for head in lists.heads(columns.sortable("account"), lists.Wanted("ac", "-score", 4), link)
    }
    assert heads["Score"]["link"] == "search=ac&sort=score"
    assert heads["Score"]["sorted"] == "descending"
    assert heads["Account"]["link"] == "search=ac&sort=name"
    assert heads["30 days"]["link"] == ""


def test_sorting_begins_again_on_the_first_page():
    assert "page" not in lists.heads(columns.sortable("user"), lists.Wanted(page=4), link)[0]["link"]


@pytest.mark.parametrize(
    ("page", "shown", "total", "first", "last", "back", "on"),
    [(1, 50, 120, 1, 50, False, True), (3, 20, 120, 101, 120, True, False), (1, 0, 0, 0, 0, False, False)],
)
def test_paging_knows_where_it_is(page, shown, total, first, last, back, on):
    pages = lists.pages(lists.Wanted(page=page), shown, total, lambda **query: f"page={query['page']}")
    assert (pages["first"], pages["last"]) == (first, last)
    assert (bool(pages["back"]), bool(pages["next"])) == (back, on)
