"""Users and accounts that were deleted: what is sent of them again is refused, and nothing of them is kept but a keyed
hash. Whoever has no deletion pays nothing for this."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from accoil.receive.calls import ALIAS, GROUP, IDENTIFY, Call

if TYPE_CHECKING:
    from accoil.receive.tracks import Short

USER, ACCOUNT = "user", "account"
CODE = "suppressed"
DELETED_USER = "The user was deleted: see Settings > Privacy."
DELETED_ACCOUNT = "The account was deleted: see Settings > Privacy."
MOST_KNOWN = 100_000  # names of one product that are known to be others


class Suppressed(msgspec.Struct, frozen=True):
    """Of one product. `account_trait`: the user trait that names the account, where one does. `more`: other keys that
    hashes were made with, while `key` could not be read."""

    key: bytes
    users: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    account_trait: str | None = None
    more: tuple[bytes, ...] = ()

    def has_user(self, name: str | None) -> bool:
        return bool(name and self.users) and self._has(USER, name or "", self.users)

    def has_account(self, name: str | None) -> bool:
        return bool(name and self.accounts) and self._has(ACCOUNT, name or "", self.accounts)

    def _has(self, kind: str, name: str, hashes: frozenset[str]) -> bool:
        return digest(self.key, kind, name) in hashes or any(digest(key, kind, name) in hashes for key in self.more)

    def concerns(self, short: Short, known: Known) -> bool:
        """Whether any call of a plain body names one of them. `known`: of these two kinds who is none, found before."""
        users, accounts = self._named(short)
        if users - known.users or accounts - known.accounts:
            if any(map(self.has_user, users - known.users)) or any(map(self.has_account, accounts - known.accounts)):
                return True
            known.add(users, accounts)
        return False

    def _named(self, short: Short) -> tuple[set[str | None], set[str | None]]:
        if short.texts is None:
            users = {call.userId for call in short.calls} | {call.anonymousId for call in short.calls}
            return users, set(short.accounts) if self.accounts else set()
        users = set(short.texts["user"].to_pylist())
        if short.texts["anonymous"].null_count < len(short.texts):
            users.update(short.texts["anonymous"].to_pylist())
        return users, set(short.texts["account"].to_pylist()) if self.accounts else set()


class Known:
    """Names that are nobody's who was deleted: a hash is made of each only once. It says nothing else, so all are
    equal."""

    def __init__(self) -> None:
        self.users: set[str | None] = {None}
        self.accounts: set[str | None] = {None}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known)

    __hash__ = None  # type: ignore[assignment]

    def add(self, users: set[str | None], accounts: set[str | None]) -> None:
        if len(self.users) + len(self.accounts) > MOST_KNOWN:
            self.users, self.accounts = {None}, {None}
        self.users |= users
        self.accounts |= accounts


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
