"""Lists of pages as files: the links, and the answer."""

from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls.converters import StringConverter

from accoil.show import export

TITLES = {"csv": "CSV", "parquet": "Parquet"}


class FileKind(StringConverter):
    """Endings of addresses of lists: csv, parquet."""

    regex = "|".join(export.FORMATS)


def files(link: Callable[..., str], name: str, *args: int, **query: object) -> list[dict[str, str]]:
    """A link per kind of file to the list of that name, as it is searched and sorted."""
    return [
        {"title": TITLES[suffix], "link": link(f"{name}-file", *args, suffix, **query)} for suffix in export.FORMATS
    ]


def downloaded(table: export.Table, suffix: export.Format) -> HttpResponseBase:
    return in_turn(lambda: export.sent(table, suffix, for_people=True))


def in_turn(begun: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return begun()
    except export.Busy:
        said = "Other downloads are on their way: wait a few seconds, then go back and try again."
        return HttpResponse(said, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "5"})
