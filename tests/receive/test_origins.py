"""Which pages a key is for, and what somebody may type to say so."""

import pytest

from accoil.receive import origins

APP, ANY, LOCAL = "https://app.example.com", "*.example.com", "http://localhost:3000"


@pytest.mark.parametrize(
    ("patterns", "origin", "allowed"),
    [
        ((), "https://anything.test", True),
        ((), "", True),
        ((), "null", True),
        ((APP,), "https://app.example.com", True),
        ((APP,), "HTTPS://App.Example.Com", True),
        ((APP,), "https://app.example.com:443", True),
        ((APP,), "https://app.example.com:8443", False),
        ((APP,), "http://app.example.com", False),
        ((APP,), "https://app.example.com.evil.test", False),
        ((APP,), "https://evil.test/https://app.example.com", False),
        ((APP,), "https://app.example.com@evil.test", False),
        ((APP,), "https://xapp.example.com", False),
        ((APP,), "https://example.com", False),
        ((APP,), "app.example.com", False),
        ((APP,), "", False),
        ((APP,), "null", False),
        ((APP,), "https://", False),
        ((APP,), "https://app.example.com:99999", False),
        ((LOCAL,), "http://localhost:3000", True),
        ((LOCAL,), "http://localhost", False),
        ((LOCAL,), "http://localhost:30000", False),
        (("http://127.0.0.1:3000",), "http://127.0.0.1:3000", True),
        (("http://[::1]:3000",), "http://[::1]:3000", True),
        ((ANY,), "https://app.example.com", True),
        ((ANY,), "http://app.example.com", True),
        ((ANY,), "https://deep.app.example.com", True),
        ((ANY,), "https://example.com", False),
        ((ANY,), "https://badexample.com", False),
        ((ANY,), "https://example.com.evil.test", False),
        ((ANY,), "https://app.example.com:8443", False),
        (("https://*.example.com",), "https://app.example.com", True),
        (("https://*.example.com",), "http://app.example.com", False),
        (("http://*.example.com:3000",), "http://app.example.com:3000", True),
        (("http://*.example.com:3000",), "http://app.example.com", False),
        ((LOCAL, ANY), "https://app.example.com", True),
        (("not an origin", APP), "https://app.example.com", True),
        (("https://xn--mller-kva.example",), "https://xn--mller-kva.example", True),
    ],
)
def test_a_page_is_among_the_origins_or_not(patterns: tuple[str, ...], origin: str, allowed: bool) -> None:
    assert origins.allows(patterns, origin) is allowed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://App.Example.com ", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("*.Example.com", "*.example.com"),
        ("https://*.example.com", "https://*.example.com"),
        ("http://*.localhost:3000", "http://*.localhost:3000"),
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("*.müller.example", "*.xn--mller-kva.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_what_is_typed_is_kept_as_browsers_write_it(typed: str, kept: str) -> None:
    assert origins.pattern(typed) == kept
    assert origins.pattern(kept) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("app.example.com", "as in https://app.example.com."),
        ("app.example.com/path", "as in https://app.example.com."),
        ("localhost:3000", "begin with its scheme"),
        ("https://app.example.com/", "leave out what follows the host, as in https://app.example.com."),
        ("https://app.example.com/login?x=1", "leave out what follows the host"),
        ("https://app.example.com#top", "leave out what follows the host"),
        ("ftp://app.example.com", "begins with http:// or https://"),
        ("chrome-extension://abc", "begins with http:// or https://"),
        ("https://", "write scheme, host and perhaps port"),
        ("https://ann:secret@app.example.com", "write scheme, host and perhaps port"),
        ("https://app.example.com:99999", "write scheme, host and perhaps port"),
        ("https://app.example.com:", "write scheme, host and perhaps port"),
        ("https://app..example.com", "write scheme, host and perhaps port"),
        ("https://app,example.com", "write scheme, host and perhaps port"),
        ("https://" + "a" * 64 + ".example.com", "write scheme, host and perhaps port"),
        ("https://ü" + "a" * 70 + ".example.com", "write scheme, host and perhaps port"),
        ("null", "begin with its scheme"),
        ("*", "leave the list empty"),
        ("https://*", "first part of the host"),
        ("*.com", "too wide"),
        ("https://*.com", "too wide"),
        ("https://app.*.com", "first part of the host"),
        ("https://app*.example.com", "first part of the host"),
        ("*.*.com", "first part of the host"),
        ("*.example.com:3000", "write the scheme too"),
    ],
)
def test_what_is_no_origin_is_refused_with_what_to_write_instead(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match="“") as refused:
        origins.pattern(typed)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")
