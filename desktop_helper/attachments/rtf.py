"""Rich Text Format: the text with its paragraphs and table rows, without what only formats it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import BinaryIO

from desktop_helper.attachments import _errors, _faithful, _office, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._source import Source
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.documents import PageReading, PageText
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

START = b"{\\rtf"
MAX_DEPTH = 10_000
MAX_BYTES = 64_000_000
# Groups that hold no text of the document. So does every group that begins with `\*`.
SKIPPED = frozenset(
    (
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "themedata",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "xmlnstbl",
        "datastore",
        "latentstyles",
        "filetbl",
        "fldinst",
    )
)
WORDS = {
    "par": "\n\n",
    "sect": "\n\n",
    "page": "\n\n",
    "line": "\n",
    "tab": "\t",
    "cell": " | ",
    "row": "\n",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
SIGNS = {b"~": "\xa0", b"_": "-", b"\n": "\n\n", b"\r": "\n\n"}
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _State:
    skipped: bool = False
    fallback: int = 1  # characters that stand after a `\u` for programs that do not know it


@dataclass
class _Reader:
    codepage: str = "cp1252"
    states: list[_State] = field(default_factory=lambda: [_State()])
    said: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    ignored: int = 0

    def read(self, data: bytes) -> str:
        for token in _TOKEN.finditer(data):
            word, number, coded, sign, brace, text = token.groups()
            if coded:
                self._bytes(bytes([int(coded, 16)]))
            elif text:
                self._bytes(text)
            elif word:
                self._word(word.decode(), int(number) if number else None)
            elif brace:
                self._brace(opens=brace == b"{")
            elif sign:
                self._sign(sign)
        self._flush()
        return "".join(self.said).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _brace(self, *, opens: bool) -> None:
        self._flush()
        self.ignored = 0
        if opens:
            if len(self.states) > MAX_DEPTH:
                raise ValueError("too deep")
            self.states.append(self.states[-1])
        elif len(self.states) > 1:
            self.states.pop()

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        if word in SKIPPED:
            self._change(skipped=True)
        elif word == "uc":
            self._change(fallback=max(0, min(number or 0, 100)))
        elif word == "ansicpg" and number:
            self._use(number)
        elif word == "u" and number is not None:
            self._say(chr(number % 0x10000))
            self.ignored = self.states[-1].fallback
        elif word in WORDS:
            self._say(WORDS[word])

    def _sign(self, sign: bytes) -> None:
        self._flush()
        if sign == b"*":
            self._change(skipped=True)
        elif sign in SIGNS:
            self._say(SIGNS[sign])
        elif sign in b"\\{}":
            self._bytes(sign)

    def _bytes(self, text: bytes) -> None:
        taken = min(self.ignored, len(text))
        self.ignored -= taken
        if not self.states[-1].skipped:
            self.raw += text[taken:]

    def _flush(self) -> None:
        """Bytes are decoded together: a Chinese character is two of them."""
        if self.raw:
            self.said.append(self.raw.decode(self.codepage, errors="replace"))
            self.raw.clear()

    def _say(self, text: str) -> None:
        if not self.states[-1].skipped:
            self.said.append(text)

    def _change(self, **changes: bool | int) -> None:
        self.states[-1] = replace(self.states[-1], **changes)  # type: ignore[arg-type]  # named after its fields

    def _use(self, number: int) -> None:
        try:
            self.codepage = codecs.lookup(f"cp{number}" if number != 65001 else "utf-8").name
        except LookupError:
            self.codepage = "cp1252"


def _matches(head: bytes, name: str) -> bool:
    return head.startswith(START)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if not data.startswith(START):
        raise _errors.unreadable(tr("{name} is not an RTF file.", name=name), tr("Check what kind of file it is."))
    return _office.guarded(name, lambda: _faithful.parts(source(data, name), options))


def _page_texts(file: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    data = _parts.content(file, name)
    return _office.guarded(name, lambda: _faithful.texts(source(data, name), wanted))


def source(data: bytes, name: str) -> Source:
    """What a file is read and printed from."""
    return Source(data, name, ".rtf", partial(_tell, data))


def _tell(data: bytes, document: Document) -> None:
    """Tell `document` what a file says."""
    text = _Reader().read(data[:MAX_BYTES])
    for paragraph in re.split(r"\n{2,}", text):
        document.text("\n".join(line.strip().removesuffix(" |") for line in paragraph.split("\n")))
    if rb"\pict" in data and document.takes_pictures:
        document.note(tr("Pictures in {name} were left out.", name=document.name))
    if rb"\annotation" in data:
        document.note(tr("Comments in {name} were left out.", name=document.name))
    if len(data) > MAX_BYTES:
        shown, everything = (f"{size // 1_000_000} MB" for size in (MAX_BYTES, len(data)))
        document.cut(
            tr("Of {name}, only {shown} of {all} is attached.", name=document.name, shown=shown, all=everything)
        )


HANDLER = AttachmentHandler(
    name="rtf",
    title=lambda: "RTF",
    suffixes=(".rtf",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_page_texts,
    has_pages=True,  # if LibreOffice is there
)
