"""`accoil demo --with-fake-mail`: a mail server beside the demo, with a page of the letters that came."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accoil.demo.automations import switch_on
from accoil.demo.company import Company
from accoil.demo.feeds import no_letters, send_letters
from accoil.demo.stand_in import is_free, library

if TYPE_CHECKING:
    from accoil.team.models import Product


@contextmanager
def beside(port: int) -> Iterator[Any]:
    """`port`: of its page, if that is free."""
    with library("mail", "letters").open_letters(port if is_free(port) else 0) as made:
        os.environ["ACCOIL_SMTP_URL"] = f"smtp://127.0.0.1:{made.port}"
        os.environ["ACCOIL_MAIL_FROM"] = "Accoil <accoil@ledgerly.example>"
        yield made


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    switch_on(product, "email")
    send_letters(product)
    return "with its letters"


def forget(product: Product) -> None:
    no_letters(product)
