"""Users and accounts that were deleted: what is sent of them again is refused, and nothing of them is kept but a keyed
hash. Whoever has no deletion pays nothing for this."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import pyarrow.compute as pc

from accoil.receive.calls import ALIAS, GROUP, IDENTIFY, Call

if TYPE_CHECKING:
    from accoil.receive.tracks import Short

USER, ACCOUNT = "user", "account"
CODE = "suppressed"
DELETED_USER = "The user was deleted: see Settings > Privacy."
DELETED_ACCOUNT = "The account was deleted: see Settings > Privacy."
KNOWN = 20_000  # names whose hash is at hand


class Suppressed(msgspec.Struct, frozen=True):
    """Of one product. `account_trait`: the user trait that names the account, where one does."""

    key: bytes
    users: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    account_trait: str | None = None

    def has_user(self, name: str | None) -> bool:
        return bool(name and self.users) and digest(self.key, USER, name or "") in self.users

    def has_account(self, name: str | None) -> bool:
        return bool(name and self.accounts) and digest(self.key, ACCOUNT, name or "") in self.accounts

    def concerns(self, short: Short) -> bool:
        """Whether any call of a plain body names one of them."""
        if short.texts is not None:
            user, anonymous, account = (
                pc.unique(short.texts[name]).to_pylist() for name in ("user", "anonymous", "account")
            )
        else:
            user = {call.userId for call in short.calls}
            anonymous = {call.anonymousId for call in short.calls}
            account = set(short.accounts)
        return self._names_user([*user, *anonymous]) or any(map(self.has_account, account))

    def _names_user(self, names: Iterable[str | None]) -> bool:
        return any(map(self.has_user, names))


@lru_cache(maxsize=KNOWN)
def digest(key: bytes, kind: str, name: str) -> str:
    """What is kept of a name: nobody without the key can tell whose it is, or try names."""
    return hashlib.blake2b(f"{kind}:{name}".encode(), key=key, digest_size=16).hexdigest()


def suppress(call: Call, known: Suppressed) -> str | None:
    """The reason to refuse a call of somebody who was deleted. Where he is only mentioned, the mention goes and the
    call stays. To be asked when the call's ids and pairs are final."""
    user, anonymous = known.has_user(call.userId), known.has_user(call.anonymousId)
    if call.kind == GROUP:
        if known.has_account(call.groupId):
            return DELETED_ACCOUNT
        if user:  # what it says of the account counts; an id that a client made may name who sent it
            call.userId, call.messageId = None, stands_for(known.key, call.messageId or "")
    elif user or (anonymous and (call.kind == ALIAS or not call.userId)):
        return DELETED_USER
    if anonymous:
        call.anonymousId = None
    if known.has_account(call.groupId):
        call.groupId = None
    if call.kind == IDENTIFY and call.pairs and known.account_trait:
        call.pairs = [pair for pair in call.pairs if not names_account(known, *pair)] or None
    return None


def stands_for(key: bytes, message: str) -> str:
    """A message id that says nothing, the same for the same."""
    return f"erased:{digest(key, 'message', message)}"


def names_account(known: Suppressed, trait: str, value: str) -> bool:
    """Whether the value (JSON text) of a user's trait says that he belongs to one of them."""
    return trait == known.account_trait and known.has_account(account_in(value))


def account_in(value: str) -> str | None:
    """The account that a trait's value names: a text that is not blank, or a number."""
    found = msgspec.json.decode(value)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found)
    return found if isinstance(found, str) and found.strip() else None
