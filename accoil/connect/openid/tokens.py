"""Whether an ID token is the provider's, for us, for now, and for who began to sign in (Core 1.0, 3.1.3.7)."""

import hmac
from collections.abc import Iterator
from typing import Any

import jwt

from accoil.connect.connection import Rejected
from accoil.connect.openid import asking

# Signed with a key that the provider alone has: never "none", and none whose key is known to both sides.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}  # of keys, by how an algorithm's name begins
LEEWAY = 60  # seconds that clocks may differ
MUST_BE_THERE = ["iss", "aud", "exp", "iat", "sub"]


def checked(token: str, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """What it claims. Raises Rejected with what is wrong with it, and ToolError where the keys are not to be had."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as wrong:
        raise Rejected("Its ID token is not one.") from wrong
    if header.get("alg") not in ALGORITHMS:
        raise Rejected(f"Its ID token is signed in a way that is not taken: {header.get('alg')}.")
    claims = _signed(token, header, issuer, client_id)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Rejected("Its ID token is of another sign-in: the nonce differs.")
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if others else client_id) != client_id:
        raise Rejected("Its ID token was made for another client.")
    return claims


def _signed(token: str, header: dict[str, Any], issuer: str, client_id: str) -> dict[str, Any]:
    for found in _keys(header):
        try:
            claims: dict[str, Any] = jwt.decode(
                token, found.key, algorithms=[header["alg"]], issuer=issuer, audience=client_id, leeway=LEEWAY,
                options={"require": MUST_BE_THERE},
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as wrong:
            raise Rejected(f"Its ID token does not hold: {wrong}.") from wrong
        return claims
    raise Rejected("Its ID token is not signed with a key of the provider's.")


def _keys(header: dict[str, Any]) -> Iterator[jwt.PyJWK]:
    """Those that may have signed it: first of those that were kept, then of those of now, which may be newer."""
    for anew in (False, True):
        yield from _fitting(header, asking.keys(anew))


def _fitting(header: dict[str, Any], keys: list[dict[str, Any]]) -> list[jwt.PyJWK]:
    kind, algorithm, name = KINDS[header["alg"][:2]], header["alg"], header.get("kid")
    fitting = [
        each
        for each in keys
        if each.get("kty") == kind
        and each.get("use", "sig") == "sig"
        and each.get("alg", algorithm) == algorithm
        and (name is None or each.get("kid") == name)
    ]
    try:
        return [jwt.PyJWK(each, algorithm) for each in fitting]
    except (jwt.PyJWTError, ValueError) as wrong:
        raise Rejected(f"A key of the provider's can't be read: {wrong}.") from wrong
