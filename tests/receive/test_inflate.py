"""Compressed bodies, as labelled, mislabelled and malicious clients send them."""

import gzip
import zlib

import pytest

from accoil.receive.answers import Refused
from accoil.receive.bodies import LARGEST_INFLATED, inflate

PLAIN = b'{"type":"track","event":"E"}'
GZIPPED = gzip.compress(PLAIN, mtime=0)  # names of tests must not change by the second


def raw_deflate(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(plain) + packer.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PLAIN, b""),
        (PLAIN, b"identity"),
        (GZIPPED, b"gzip"),
        (GZIPPED, b"GZIP"),
        (GZIPPED, b" gzip "),
        (GZIPPED, b"x-gzip"),
        (GZIPPED, b""),
        (GZIPPED, b"deflate"),
        (PLAIN, b"gzip"),
        (PLAIN, b"deflate"),
        (zlib.compress(PLAIN), b"deflate"),
        (zlib.compress(PLAIN, 0), b"deflate"),
        (raw_deflate(PLAIN), b"deflate"),
    ],
)
def test_gzip_and_deflate_are_known_by_what_they_are(body: bytes, encoding: bytes) -> None:
    assert inflate(body, encoding) == PLAIN


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"gzip, gzip", b"deflate, gzip", b"compress", b"utf-8"])
def test_any_other_encoding_is_refused(encoding: bytes) -> None:
    with pytest.raises(Refused) as refused:
        inflate(GZIPPED, encoding)
    assert (refused.value.status, refused.value.code) == (415, "unsupported_encoding")


@pytest.mark.parametrize(
    "body",
    [
        GZIPPED[:-1],
        GZIPPED[:12],
        b"\x1f\x8b",
        b"\x1f\x8b" + b"\x00" * 40,
        GZIPPED[:-6] + b"\x00" * 6,
        GZIPPED + GZIPPED,
        GZIPPED + b"more",
    ],
)
def test_a_damaged_body_is_refused_and_never_read_in_part(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        inflate(body, b"gzip")
    assert (refused.value.status, refused.value.code) == (400, "invalid_payload")


def test_a_body_may_inflate_to_the_limit_and_no_further() -> None:
    assert len(inflate(gzip.compress(b" " * LARGEST_INFLATED), b"gzip")) == LARGEST_INFLATED
    for packed, encoding in ((gzip.compress, b"gzip"), (zlib.compress, b"deflate"), (raw_deflate, b"deflate")):
        with pytest.raises(Refused) as refused:
            inflate(packed(b" " * (LARGEST_INFLATED + 1)), encoding)
        assert (refused.value.status, refused.value.code) == (413, "payload_too_large")
