"""Every ingest path: what its body is, and how it is answered."""

import msgspec

TYPES = ("identify", "track", "page", "screen", "group", "alias")
SUCCESS = b'{"success":true}'


class Path(msgspec.Struct, frozen=True):
    ok: int
    ok_body: bytes
    batch: bool = False
    type: str | None = None  # from the path, beats the one in the body
    mends_skew: bool = False  # clients of these send sentAt
    refuses_bad_calls: bool = False  # 400 for a person to read, where no SDK would retry it
    discards: bool = False
    unknown_key: int = 401


def _all() -> dict[str, Path]:
    segment = {"ok": 200, "ok_body": SUCCESS, "mends_skew": True}
    paths = {
        "/segment": Path(202, SUCCESS),
        "/v1/batch": Path(**segment, batch=True),
        "/v1/import": Path(**segment, batch=True),
        # Apple's SDK drops a batch on 400 alone and sends it again for ever on 401.
        "/v1/b": Path(**segment, batch=True, unknown_key=400),
        "/v1/m": Path(200, SUCCESS, discards=True),
    }
    for name in TYPES:
        paths[f"/v1/{name}"] = paths[f"/v1/{name[0]}"] = Path(**segment, type=name)
        if name != "alias":
            paths[f"/v2/{name}"] = Path(202, b"", type=name, refuses_bad_calls=True)
    return paths


PATHS: dict[str, Path] = _all()


def find(path: str) -> Path | None:
    """The ingest path, with or without a slash at its end, doubled slashes folded."""
    return PATHS.get(path) or PATHS.get("/" + "/".join(part for part in path.split("/") if part))
