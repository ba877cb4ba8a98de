"""What most answers need: the profile asked for, its book on a day, and the words around a page of rows."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from accoil.score.book import Book, Page, open_book
from accoil.score.models import Profile, Version
from accoil.show.api.errors import Wrong, not_found
from accoil.team.models import Product


class Paging(Schema):
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0)


class Asked(Schema):
    """`workspace_id` is the profile's id."""

    workspace_id: int = Field(gt=0)
    as_of: date | None = None
    version: int | None = Field(None, gt=0)


def product_of(request: HttpRequest) -> Product:
    product: Product = request.auth  # type: ignore[attr-defined]
    return product


def profile_of(request: HttpRequest, profile_id: int) -> Profile:
    profile = product_of(request).profiles.filter(pk=profile_id).first()
    if not profile:
        raise not_found("workspace")
    return profile


class Opened:
    """A book, and what it was asked for."""

    def __init__(self, request: HttpRequest, asked: Asked) -> None:
        self.product = product_of(request)
        self.profile = profile_of(request, asked.workspace_id)
        self.version = self._version(asked.version)
        today = self.product.today()
        if asked.as_of and asked.as_of > today:
            raise Wrong(400, "invalid_as_of", f"as_of is in the future; today is {today} in {self.product.time_zone}.")
        self.book: Book = open_book(self.product.pk, self.version.parsed, asked.as_of or today)

    def top(self) -> dict[str, Any]:
        return {
            "as_of": self.book.as_of,
            "version": self.version.number,
            "computed_at": self.book.computed_at,
            "workspace_id": self.profile.pk,
        }

    def _version(self, number: int | None) -> Version:
        if number is None:
            return self.profile.current
        version = self.profile.versions.filter(number=number).first()
        if not version:
            raise Wrong(
                400, "invalid_version", f"version {number} does not exist; the latest is {self.profile.current.number}."
            )
        return version


def pagination(paging: Paging, total: int) -> dict[str, int]:
    return {"limit": paging.limit, "offset": paging.offset, "total": total}


def only(page: Page, what: str) -> dict[str, Any]:
    if not page.rows:
        raise not_found(what)
    return page.rows[0]
