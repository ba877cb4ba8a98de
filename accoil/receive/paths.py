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
    batch = Path(200, SUCCESS, batch=True, mends_skew=True)
    paths = {
        "/segment": Path(202, SUCCESS),
        "/v1/batch": batch,
        "/v1/import": batch,
        # Of clients that put it behind an address which ends with it already.
        "/v1/batch/v1/batch": batch,
        # Apple's SDK drops a batch on 400 alone and sends it again for ever on 401.
        "/v1/b": msgspec.structs.replace(batch, unknown_key=400),
        "/v1/m": Path(200, SUCCESS, discards=True),
    }
    for name in TYPES:
        paths[f"/v1/{name}"] = paths[f"/v1/{name[0]}"] = Path(200, SUCCESS, type=name, mends_skew=True)
        if name != "alias":
            paths[f"/v2/{name}"] = Path(202, b"", type=name, refuses_bad_calls=True)
    return paths


PATHS: dict[str, Path] = _all()


def find(path: str) -> Path | None:
    """The ingest path, with or without a slash at its end, doubled slashes folded."""
    return PATHS.get(path) or PATHS.get("/" + "/".join(part for part in path.split("/") if part))
