"""From the bytes of a body to calls, by the shortest way that they can take."""

from accoil.receive import calls, lenient, tracks
from accoil.receive.answers import Refused
from accoil.receive.calls import BadBody, Body
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.paths import Path
from accoil.receive.tracks import Short


def decode(raw: bytes, path: Path, handling: Handling = PLAIN) -> Short | Body:
    """Raises Refused."""
    try:
        body = path.translate(raw) if path.translate else raw
        batch, type = path.batch, path.type
        may_be_short = handling is PLAIN or handling.only_refuses
        if may_be_short and (short := tracks.decode(body, batch, type)) and handling.takes_short(short):
            return short
        if handling.mappings is None and (found := calls.decode(body, batch, type)):
            return found
        return lenient.decode(body, batch, type, handling.mappings)
    except BadBody as bad:
        # Whoever has the key only in the body may have sent a good one: 401 would be tried again for ever.
        raise Refused(400, bad.code, str(bad)) from None
