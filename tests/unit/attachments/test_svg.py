"""Drawings: what they look like, what is taken out of them, and what is made to do harm."""

from __future__ import annotations

import gzip
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.attachments import _svg_clean, svg
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support.sample_files import decoded, encoded, picture

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
needs_qt = pytest.mark.skipif(find_spec("PySide6") is None, reason="nothing draws without Qt")


def drawing(inside: str, attributes: str = 'width="200" height="100"') -> bytes:
    return f"<svg {SPACES} {attributes}>{inside}</svg>".encode()


def convert(data: bytes, name: str = "a.svg", budget: int = 6144) -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions(budget))


def shown(data: bytes, budget: int = 6144) -> ImagePart:
    return next(part for part in convert(data, budget=budget) if isinstance(part, ImagePart))


def colour(part: ImagePart, x: float, y: float) -> tuple[int, ...]:
    found = decoded(part.data).convert("RGB").getpixel((int(x * part.width), int(y * part.height)))
    assert isinstance(found, tuple)
    return found


@needs_qt
class TestPicture:
    def test_shapes_styles_and_gradients(self) -> None:
        ramp = '<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>'
        part = shown(
            drawing(
                f'<style>.a{{fill:#0c0}}</style>{ramp}<rect class="a" width="100" height="50"/>'
                '<rect y="50" width="200" height="50" fill="url(#g)"/>'
            )
        )
        assert colour(part, 0.2, 0.2) == (0, 204, 0)
        assert colour(part, 0.8, 0.2) == (255, 255, 255)
        assert colour(part, 0.01, 0.8)[0] > 240
        assert colour(part, 0.99, 0.8)[2] > 240

    def test_small_ones_are_drawn_large_and_within_the_budget(self) -> None:
        icon = drawing('<circle cx="8" cy="8" r="8"/>', 'viewBox="0 0 16 16"')
        assert max(shown(icon).width, shown(icon).height) == 1024
        assert shown(icon, budget=100).tokens <= 100

    def test_the_source_goes_as_well_if_it_is_short(self) -> None:
        *_, source = convert(drawing("<title>marmalade</title>"))
        assert isinstance(source, FilePart)
        assert "marmalade" in source.text
        note, _part = convert(drawing("<!--" + "x" * svg.MAX_SOURCE + "-->"))
        assert note.mime == NOTE_MIME
        assert "left out" in note.name + getattr(note, "text", "")

    def test_packed_ones(self) -> None:
        packed = gzip.compress(drawing('<rect width="200" height="100" fill="#00f"/>'))
        part = next(part for part in convert(packed, "a.svgz") if isinstance(part, ImagePart))
        assert colour(part, 0.5, 0.5) == (0, 0, 255)

    def test_no_other_file_is_drawn(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.png"
        secret.write_bytes(encoded(decoded(picture()).convert("RGB").point(lambda _: 7), "PNG"))
        ways = (f'xlink:href="{secret}"', f'href="file://{secret}"', f'href="{secret}"')
        for way in ways:
            assert colour(shown(drawing(f'<image width="200" height="100" {way}/>')), 0.5, 0.5) == (255, 255, 255)

    @pytest.mark.parametrize(
        "data",
        [
            drawing("<g>" * 170 + "</g>" * 170),
            drawing('<rect width="1e30" height="1e30"/>', 'width="1e9" height="1e9"'),
            drawing("", 'width="-5" height="0"'),
            drawing('<g id="a"><use xlink:href="#a"/></g>'),
            drawing('<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter><g filter="url(#f)"><rect/></g>'),
        ],
    )
    def test_those_made_to_do_harm_are_drawn_or_quoted(self, data: bytes) -> None:
        begun = time.perf_counter()
        assert convert(data)
        assert time.perf_counter() - begun < 30

    def test_drawings_that_use_each_other_without_end_are_quoted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(svg, "TIME_LIMIT_S", 3.0)
        levels = "".join(f'<g id="l{at}">{f"<use xlink:href=#q#l{at - 1}#q/>" * 30}</g>' for at in range(1, 9))
        levels = levels.replace("#q", '"')
        begun = time.perf_counter()
        assert convert(drawing(f'<rect id="l0" width="9" height="9"/>{levels}<use xlink:href="#l8"/>'))
        assert time.perf_counter() - begun < 15


def test_without_anything_that_draws_the_source_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "find_spec", lambda _: None)
    note, source = convert(drawing("<title>marmalade</title>"))
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    assert isinstance(source, FilePart)
    assert "marmalade" in source.text
    assert note.text == "a.svg could not be drawn here; its source is attached instead."
    note, source = convert(drawing(f"<desc>{'x' * svg.MAX_SOURCE}</desc>"))
    assert isinstance(note, FilePart)
    assert isinstance(source, FilePart)
    assert note.text.endswith(" a.svg is long; only its first 20,000 characters are attached.")
    assert len(source.text) == svg.MAX_SOURCE


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">alert</p></foreignObject>',
        '<rect onclick="alert(1)"/>',
        '<image href="http://127.0.0.1:9/alert.png"/>',
        '<image xlink:href="file:///alert"/>',
        '<image xlink:href="//server/alert"/>',
        '<image xlink:href="data:image/svg+xml,alert"/>',
        '<use xlink:href="alert.svg#a"/>',
        '<rect fill="url(http://alert/)"/>',
        "<rect style=\"fill:URL( 'file:///alert')\"/>",
        '<style>@import "alert.css"; rect{fill:red}</style>',
        "<style>@font-face{src:url(alert.ttf)}</style>",
        '<g xml:base="file:///alert/"><rect/></g>',
    ],
)
def test_what_leads_elsewhere_is_taken_out(bad: str) -> None:
    clean = _svg_clean.cleaned(drawing(bad + '<rect id="kept"/>'))
    assert b"alert" not in clean
    assert b"kept" in clean


def test_what_stays_inside_stays() -> None:
    kept = ('xlink:href="#a"', 'fill="url(#g)"', "data:image/png;base64,AAAA", "a &lt; b &amp; c", "@media")
    clean = _svg_clean.cleaned(
        drawing(
            '<use href="#a"/><rect fill="url(#g)"/><image href="data:image/png;base64,AAAA"/>'
            "<text>a &lt; b &amp; c</text><style>@media print{rect{fill:red}}</style>"
        )
    ).decode()
    assert [one for one in kept[:4] if one not in clean] == []


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
        drawing("<g>" * 100_000),
        drawing("<g>")[:-8],
        b"<svg",
        gzip.compress(bytes(60_000_000)),
        gzip.compress(drawing(""))[:30],
    ],
    ids=["laughs", "entity", "depth", "cut", "begin", "bomb", "cut gzip"],
)
def test_what_is_refused(data: bytes) -> None:
    with pytest.raises(HelperError, match=r"a\.svgz .*\.") as caught:
        convert(data, "a.svgz")
    assert ("declares entities" in caught.value.message) is (b"<!ENTITY" in data), "what is whole is not damaged"


def test_pages_with_drawings_in_them_are_pages() -> None:
    page = b"<!DOCTYPE html><html><body><p>marmalade</p>" + drawing("") + b"</body></html>"
    assert choose(HANDLERS, page, "a.html").name == "html"
    assert choose(HANDLERS, b"<!-- from a program -->\n" + drawing(""), "a").name == "svg"


@given(st.text(max_size=60), st.text("<>&'\"#@u:rl(){};/x", max_size=60))
def test_whatever_stands_in_texts_and_values_stays_one_drawing(words: str, value: str) -> None:
    from xml.sax.saxutils import escape, quoteattr

    printable = "".join(c for c in words if c >= " " and not 0xD800 <= ord(c) < 0xE000 and c not in "\ufffe\uffff")
    clean = _svg_clean.cleaned(drawing(f"<text fill={quoteattr(value)}>{escape(printable)}</text>"))
    assert _svg_clean.cleaned(clean) == clean
