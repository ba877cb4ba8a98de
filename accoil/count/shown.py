"""How users are shown: their usual traits side by side, a row each, made again for those of whom a load tells."""

from typing import Literal

from accoil.store.questions import beside, filled
from accoil.store.store import Loading

ASK = beside(__file__, "shown")


def shown(told: str) -> str:
    """The question how users are shown, by that table of traits."""
    return filled(ASK["shown"], told=told)


def show_again(loading: Loading, whose: Literal["told_anew", "told_again"]) -> None:
    """Those of a temporary table of the load."""
    loading.tell(ASK[whose])
    loading.tell(ASK["forget"])
    told = f"({ASK['told_of_them']}) as told"
    loading.tell(f"insert into shown\n{shown(told)}")
