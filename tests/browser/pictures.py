"""Pictures of every page for the documentation: `make screenshots`.

The demo company is served in a folder of its own for as long as it takes. Pictures have 16 colours, so that all of them
together stay small."""

import base64
import os
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import django
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.company import Company, every_page, serving_company
from tests.browser.conftest import FLAGS, chromium

USERS, DAYS = 400, 90
PATIENCE = 120_000  # ms for a page of a busy machine
FILLING = 900  # seconds, on a busy machine, for the past of all segments
MOST = 4_000_000  # bytes of all pictures together
ALIKE = ("-hubspot", "-slack", "-salesforce", "-segment")  # their pages look as those of Intercom do, but for some
OF_A_TOOL = ("connection-", "disconnect-")  # what the names of such pages begin with
OWN = ("connection-fields-salesforce", "connection-segment-lists-hubspot")
TWINS = {"dashboard-habits", "delete-user", "filter-users"}  # look as another page does
SIGNED_OUT = {"account_login"}
EXPLAINED = "explained-number"  # the page of an account, after a click on its score
VIEWS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 780}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
}
# Sixteen colours, frequent and far from each other (else all were grey), and of each pixel the place of the nearest.
REDUCE = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const count = new Map();
  for (const colour of data) count.set(colour, (count.get(colour) ?? 0) + 1);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const apart = ([r, g, b], [x, y, z]) => (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
  const left = [...count].map(([colour, n]) => ({ colour: parts(colour), weight: n ** 0.6, far: 65536 }));
  const split = [];
  while (split.length < 16) {
    const best = left.reduce((a, b) => (b.weight * b.far > a.weight * a.far ? b : a));
    split.push(best.colour);
    for (const each of left) each.far = Math.min(each.far, apart(each.colour, best.colour));
  }
  const nearest = new Map();
  for (const colour of count.keys()) {
    const far = split.map((each) => apart(each, parts(colour)));
    nearest.set(colour, far.indexOf(Math.min(...far)));
  }
  let text = "";
  const places = Uint8Array.from(data, (colour) => nearest.get(colour));
  for (let at = 0; at < places.length; at += 32768) text += String.fromCharCode(...places.subarray(at, at + 32768));
  return { width: image.width, height: image.height, palette: split.flat(), pixels: btoa(text) };
}"""


def take(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving_company(Path(data), USERS, DAYS) as served:
            page = browser.new_page()
            served.sign_in(page)
            pages = chosen(page, every_page(page, served))
            settle(page, pages["segment"])
            for old in folder.glob("*.png"):
                old.unlink()
            for view, options in VIEWS.items():
                of_view(browser, served, view, options, pages, folder)
            of_a_feed(browser, served, pages["feed-preview"], folder / "sent")
        browser.close()
    (folder / "README.md").write_text(listing(sorted(pages)))
    total = sum(each.stat().st_size for each in folder.glob("*.png"))
    print(f"{len(pages)} pages, {total:,} bytes")
    assert total <= MOST, "the pictures are larger than they may be together"


def of_view(
    browser: Browser, served: Company, view: str, options: dict[str, Any], pages: dict[str, str], folder: Path
) -> None:
    page, out = (browser.new_context(**options, reduced_motion="reduce").new_page() for _ in range(2))
    page.set_default_timeout(PATIENCE)
    painter = browser.new_page()
    served.sign_in(page)
    for name, address in pages.items():
        seen = out if name in SIGNED_OUT else page
        seen.goto(address)
        seen.wait_for_load_state("networkidle")
        if name == EXPLAINED:
            seen.locator(".score-big > b .explains").click()
        (folder / f"{name}-{view}.png").write_bytes(reduced(painter, seen.screenshot()))
    page.context.close()
    out.context.close()


def chosen(page: Page, found: dict[str, str]) -> dict[str, str]:
    """Of every page those that are worth a picture, with the one of a number that explains itself. An account that does
    something is looked at: the one that leads the list."""
    some = {f"connection{tool}": found[f"connection{tool}"] for tool in ALIKE}
    some |= {name: at for name, at in found.items() if name not in TWINS and (name in OWN or not is_alike(name))}
    page.goto(found["accounts"])
    some["account"] = some[EXPLAINED] = page.locator(".row-link").first.evaluate("link => link.href")
    return some


def is_alike(name: str) -> bool:
    return name.startswith(OF_A_TOOL) and name.endswith(ALIKE)


def settle(page: Page, segment: str) -> None:
    """Until the past of segments is worked out, which takes a while after the demo began."""
    until = time.monotonic() + FILLING
    page.goto(segment)
    while page.get_by_text("The past is being worked out").count():
        assert time.monotonic() < until, "the past of segments is not worked out"
        page.wait_for_timeout(1000)
        page.reload()


LETTERS = {"feed-mail": (640, "light"), "feed-mail-phone-dark": (390, "dark")}


def of_a_feed(browser: Browser, served: Company, preview: str, folder: Path) -> None:
    """As Slack and mail programs show it."""
    folder.mkdir(exist_ok=True)
    painter = browser.new_page()
    page = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light").new_page()
    page.set_default_timeout(PATIENCE)
    served.sign_in(page)
    page.goto(preview)
    (folder / "feed-slack.png").write_bytes(reduced(painter, page.locator(".slack").screenshot()))
    for name, (width, ground) in LETTERS.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=ground)  # type: ignore[arg-type]
        page.goto(preview.partition("?")[0].replace("/preview", "/letter"))
        (folder / f"{name}.png").write_bytes(reduced(painter, page.screenshot(full_page=True)))
    page.context.close()
    painter.close()


def reduced(painter: Page, picture: bytes) -> bytes:
    """The same picture with 16 colours."""
    found = painter.evaluate(REDUCE, base64.b64encode(picture).decode())
    width, height = found["width"], found["height"]
    places = np.frombuffer(base64.b64decode(found["pixels"]), np.uint8).reshape(height, width)
    even = np.pad(places, ((0, 0), (0, width % 2)))
    pairs = even[:, ::2] << 4 | even[:, 1::2]  # two pixels a byte
    rows = np.insert(pairs, 0, 0, axis=1).tobytes()  # each row says that it is not filtered
    head = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes(found["palette"])), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEAD = """# Every page, in pictures

Of the demo company, on a desk, on a phone and in the dark. Made by `make screenshots`; what pages are for is told in
[the screens](../guide/screens.md).

| page | desk | phone | dark |
|---|---|---|---|
"""


def listing(names: list[str]) -> str:
    return HEAD + "".join(f"| {name} | {' | '.join(shown(name, view) for view in VIEWS)} |\n" for name in names)


def shown(name: str, view: str) -> str:
    return f"![{name}, {view}]({name}-{view}.png)"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accoil.settings")
    django.setup()
    take(Path(sys.argv[1]))
