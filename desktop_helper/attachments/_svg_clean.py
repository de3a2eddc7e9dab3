"""A drawing without all that leads out of it: scripts, foreign elements, addresses, files, entities."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from desktop_helper.attachments import _xml

# What is not drawn, or is another language.
GONE = {
    *("script", "foreignObject", "metadata", "iframe", "audio", "video", "object", "embed", "handler", "listener"),
    *("animate", "animateMotion", "animateTransform", "animateColor", "set", "namedview", "discard"),
}
_INSIDE = re.compile(r"#[^\s]*|data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
_ADDRESS = re.compile(r"url\(\s*(?!['\"]?#)[^)]*\)?", re.IGNORECASE)
_IMPORT = re.compile(r"@[^{;]*(;|(?=\{)|$)")  # other style sheets and fonts; what they hold for media stays
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


def cleaned(data: bytes) -> bytes:
    """The same drawing, with nothing in it but shapes, texts and pictures. Raises ValueError or what expat raises."""
    writer = _Writer()
    _xml.listen(data, writer.start, writer.end, writer.text)
    return "".join(writer.pieces).encode(errors="replace")


class _Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._open: list[str] = []
        self._gone = 0  # depth within something that is left out

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag != "svg":
            raise ValueError("no drawing")
        self._open.append(tag)
        if self._gone or tag in GONE or not _NAME.fullmatch(tag):
            self._gone += 1
            return
        spaces = (
            ""
            if len(self._open) > 1
            else (' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"')
        )
        kept = (_attribute(name, value) for name, value in attributes.items())
        self.pieces.append(f"<{tag}{spaces}{''.join(kept)}>")

    def end(self, tag: str) -> None:
        self._open.pop()
        if self._gone:
            self._gone -= 1
            return
        self.pieces.append(f"</{tag}>")

    def text(self, words: str) -> None:
        if not self._gone:
            self.pieces.append(escape(_harmless(words) if self._open[-1:] == ["style"] else words))


def _attribute(name: str, value: str) -> str:
    if not _NAME.fullmatch(name) or name.lower().startswith("on"):
        return ""
    if name == "href":
        return f" xlink:href={quoteattr(value)}" if _INSIDE.fullmatch(value.strip()) else ""
    if "base" in name.lower() or name in ("xmlns", "src"):
        return ""
    return f" {name}={quoteattr(_ADDRESS.sub('none', value))}"


def _harmless(style: str) -> str:
    return _ADDRESS.sub("none", _IMPORT.sub("", style))
