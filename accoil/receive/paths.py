"""Every ingest path: what its body is, which key it may bring, and how it is answered. One table, nothing beside it."""

from collections.abc import Callable
from typing import Literal

import msgspec

from accoil.receive import legacy

TYPES = ("identify", "track", "page", "screen", "group", "alias")
SUCCESS = b'{"success":true}'

SEND = ("POST", "PUT", "PATCH")
READ = ("GET", "HEAD")

Serves = Literal["calls", "nothing", "pixel", "settings", "source"]


class Path(msgspec.Struct, frozen=True):
    """`serves`: calls are taken in; nothing is kept (metrics of a library); a pixel brings one call in its query; the
    documents from which libraries learn where to send."""

    ok: int = 200
    ok_body: bytes = SUCCESS
    batch: bool = False
    type: str | None = None  # from the path, beats the one in the body
    mends_skew: bool = True  # clients of these send sentAt
    refuses_bad_calls: bool = False  # 400 for a person to read, where no SDK would retry it
    unknown_key: int = 401
    translate: Callable[[bytes], bytes] | None = None  # into Segment's shape
    serves: Serves = "calls"
    methods: tuple[str, ...] = SEND


def _all() -> dict[str, Path]:
    batch = Path(batch=True)
    settings, source = (Path(serves=serves, methods=READ) for serves in ("settings", "source"))
    paths = {
        # Accoil's Segment-compatible path: one event, an array of them, or a batch.
        "/segment": Path(202, mends_skew=False),
        "/v1/batch": batch,
        "/v1/import": batch,
        # Of clients that put it behind an address which ends with it already.
        "/v1/batch/v1/batch": batch,
        # Apple's SDK drops a batch on 400 alone and sends it again for ever on 401.
        "/v1/b": Path(batch=True, unknown_key=400),
        "/v1/m": Path(serves="nothing"),
        "/beacon/v1/batch": batch,  # Rudder, from a page that goes away
        "/sdk/batch": batch,  # June
        "/v1/projects/{key}/settings": settings,  # Segment's browser library
        "/projects/{key}/settings": settings,  # Segment's mobile libraries
        "/sourceConfig": source,  # Rudder's browser library
        "/pixel/v1/track": Path(type="track", serves="pixel", methods=READ),  # Rudder
        "/pixel/v1/page": Path(type="page", serves="pixel", methods=READ),
    }
    for name in TYPES:
        single = Path(type=name)
        for path in (f"/v1/{name}", f"/v1/{name[0]}", f"/sdk/{name}", f"/api/s/{name}", f"/api/s/s2s/{name}"):
            paths[path] = single
        paths[f"/v1/pixel/{name}"] = Path(type=name, serves="pixel", methods=READ)
        if name != "alias":  # Accoil's own, which know none
            paths[f"/v2/{name}"] = Path(202, b"", type=name, mends_skew=False, refuses_bad_calls=True)
    for name, type in (("users", "identify"), ("groups", "group"), ("events", "track")):
        paths[f"/v1/{name}"] = Path(
            202, b"", type=type, mends_skew=False, refuses_bad_calls=True, translate=legacy.translate
        )
    return paths


PATHS: dict[str, Path] = _all()


def find(path: str) -> Path | None:
    """The ingest path, with or without a slash at its end, doubled slashes folded."""
    if found := PATHS.get(path):
        return found
    parts = [part for part in path.split("/") if part]
    return PATHS.get("/" + "/".join(parts)) or PATHS.get("/" + "/".join(_with_key(parts)))


def key_in(path: str) -> str:
    """The key that stands in the path of a settings document."""
    return path.rstrip("/").split("/")[-2]


def _with_key(parts: list[str]) -> list[str]:
    """…/projects/KEY/settings as it stands in the table."""
    return [*parts[:-2], "{key}", parts[-1]] if parts[-1:] == ["settings"] and len(parts) > 2 else parts
