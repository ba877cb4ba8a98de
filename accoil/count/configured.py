"""What a product's traits mean: told apart from the facts, since every command loads this, and few count."""

import msgspec


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """Which traits say what in one product."""

    account_id: str | None = None  # of a user: the account he belongs to; None: only group calls and group ids say so
    name: str = "name"  # of an account, as the others
    created_at: str | None = None  # None: the usual spellings
    owner: str | None = None  # None: nobody owns an account


USUAL = Configured()
