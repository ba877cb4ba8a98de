"""Every colour that carries words or numbers can be told from what lies under it: WCAG AA, light and dark."""

import math
import re
from pathlib import Path

import pytest

import accoil.show

TOKENS = Path(accoil.show.__file__).parent / "static/accoil/tokens.css"
COLOUR = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")
PAIR = re.compile(r"--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);")


def luminance(colour: str) -> float:
    """Relative luminance of an oklch colour, by way of Oklab and linear sRGB."""
    lightness, chroma, hue = (float(part) for part in COLOUR.fullmatch(colour).groups())
    lightness, hue = lightness / 100, math.radians(hue)
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(share * min(max(part, 0), 1) for share, part in ((0.2126, red), (0.7152, green), (0.0722, blue)))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS.read_text())}


def test_black_on_white_is_the_largest_contrast():
    assert contrast("oklch(0% 0 0)", "oklch(100% 0 0)") == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "sunk", "hover"])
@pytest.mark.parametrize("words", ["ink", "grey", "faint", "accent", "rise", "fall"])
def test_words_are_legible(tokens, words, ground, mode):
    assert contrast(tokens[words][mode], tokens[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), [("ink", "accent-wash"), ("ink", "rise-wash"), ("ink", "fall-wash")])
def test_notices_are_legible(tokens, words, ground, mode):
    assert contrast(tokens[words][mode], tokens[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("button", ["accent-solid", "accent-deep"])
def test_the_main_button_is_legible(tokens, button, mode):
    assert contrast("oklch(100% 0 0)", tokens[button][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("band", ["most", "slightly", "passive", "least", "accent"])
def test_bands_and_lines_can_be_seen(tokens, band, mode):
    assert contrast(tokens[band][mode], tokens["panel"][mode]) >= 3
