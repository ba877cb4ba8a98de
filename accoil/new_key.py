"""Another secret key: what was encrypted with the one of before is encrypted with the new one, all of it or nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import Value

from accoil import environment
from accoil.count.counting import lock
from accoil.erase import suppression
from accoil.refused import Refused
from accoil.secret import FILE, SHORTEST, kept_in
from accoil.team.encrypted import Kept, decrypted, encrypted, kept

DRAFT = f"{FILE}.new"

AFTERWARDS = (
    "Everybody is signed out. Links in mails sent before (new passwords, fewer mails) and recovery codes of apps no "
    "longer work; codes of the apps themselves do."
)


def change(before: str | None) -> Iterator[str]:
    """Says what is done. `before`: the variable that holds the key until now, where ACCOIL_SECRET_KEY holds the new
    one; else the file in the data folder gets a new one. Raises Refused, also when a server runs."""
    with lock(settings.DATA):
        if before is None:
            yield from _in_file(settings.DATA)
        else:
            yield from _encrypted_anew(_named(before), settings.SECRET_KEY)
    yield AFTERWARDS


def _named(variable: str) -> str:
    if not environment.text("ACCOIL_SECRET_KEY"):
        raise Refused("Set ACCOIL_SECRET_KEY to the new key; --before names the variable with the one until now.")
    old = os.environ.get(variable, "").strip()
    if len(old) < SHORTEST:
        raise Refused(f"{variable}, named by --before, does not hold the key until now.")
    return old


def _in_file(folder: Path) -> Iterator[str]:
    """The new key is on the disk before anything is encrypted with it, and takes the old one's place afterwards: killed
    in between, the command asked again goes on."""
    if environment.text("ACCOIL_SECRET_KEY"):
        raise Refused("The key comes from ACCOIL_SECRET_KEY: set the new one there, and name the old one by --before.")
    draft, path = folder / DRAFT, folder / FILE
    if draft.exists() and draft.stat().st_size < SHORTEST:  # not written to its end, so nothing is encrypted with it
        draft.unlink()
    new = kept_in(draft)
    yield from _encrypted_anew(settings.SECRET_KEY, new)
    draft.replace(path)
    yield f"{path} holds a new key. Backups made before need the old one, which is in them."


def _encrypted_anew(old: str, new: str) -> Iterator[str]:
    with transaction.atomic():
        there = list(kept())
        lost = [each for each in there if not decrypted(each[3], new) and not decrypted(each[3], old)]
        if lost and len(lost) == len(there):
            raise Refused("The key until now reads none of the secrets that are kept; nothing was changed.")
        suppression.keep_keys(old)
        for each in kept():
            if text := decrypted(each[3], old):
                _put(each, encrypted(text, new))
    yield f"{len(there) - len(lost):,} secrets are encrypted with the new key."
    if lost:
        yield f"{len(lost):,} could be read with neither, and stay as they are: accoil doctor says whose they are."


def _put(each: Kept, text: str) -> None:
    _, row, field, _ = each
    stands = Value(text, output_field=models.TextField())
    type(row)._base_manager.filter(pk=row.pk).update(**{field: stands})
