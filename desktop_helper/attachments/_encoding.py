"""Which encoding a text is in: marks, zeros and statistics, in this order."""

from __future__ import annotations

import codecs

from desktop_helper.attachments import _errors, _latin
from desktop_helper.core.i18n import tr

MAX_CHARACTERS = 400_000  # about 100,000 tokens of English: what most GLM-V models can read beside an answer
MAX_BYTES = 4 * MAX_CHARACTERS  # no encoding that we read needs more for a character
SAMPLE_BYTES = 100_000
SHORT_BYTES = 64  # below this, statistics cannot tell the East Asian encodings apart

# Longest first: the mark of UTF-32 begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a text file may hold below the space: bell to return, escape (ANSI colours in logs) and DOS's end of file.
TEXT_CONTROLS = frozenset(b"\a\b\t\n\v\f\r\x1a\x1b")


def is_text(head: bytes) -> bool:
    """Whether a file that begins with `head` can be one."""
    return bool(head) and (
        _marked_encoding(head) is not None or _wide_encoding(head) is not None or not _is_binary(head)
    )


def decode(data: bytes, name: str) -> str:
    """The text in `data`, in whatever encoding. Raises `HelperError(SOURCE)` if it is none."""
    encoding = _marked_encoding(data) or _wide_encoding(data)
    try:
        if encoding:
            return data.decode(encoding)
        if not _is_binary(data):
            return _decode_unmarked(data)
    except UnicodeDecodeError:
        if len(data) > MAX_BYTES:  # cut inside a character
            return data.decode(encoding or "utf-8", errors="replace")
    raise _errors.unreadable(
        tr("{name} is not a text file.", name=name),
        tr("If it is a document or a picture, give it the file ending of its kind."),
    )


def _decode_unmarked(data: bytes) -> str:
    """UTF-8, else the likeliest of the older encodings. Raises UnicodeDecodeError."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if len(data) <= SHORT_BYTES and _is_common_chinese(data):
            return data.decode("gb18030", errors="replace")
    from charset_normalizer import from_bytes

    long = len(data) > MAX_BYTES
    sample = data[:SAMPLE_BYTES] if long else data
    readings = [one.encoding for one in from_bytes(sample)]
    encoding = _latin.best(sample, readings) or (readings[0] if readings else "utf-8")
    return data.decode(encoding, errors="replace" if long else "strict")


def _is_common_chinese(data: bytes) -> bool:
    """Whether every double byte of `data` is punctuation or one of the 3,755 everyday characters of GB 2312."""
    at = 0
    while at < len(data):
        if data[at] < 0x80:
            at += 1
            continue
        pair = data[at : at + 2]
        if len(pair) < 2 or pair[1] < 0xA1 or not (0xA1 <= pair[0] <= 0xA3 or 0xB0 <= pair[0] <= 0xD7):
            return False
        at += 2
    return True


def _marked_encoding(data: bytes) -> str | None:
    return next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), None)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: in text of mostly Latin letters, every second byte is zero."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    zeros_first, zeros_second = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if zeros_second > 0.7 * half and zeros_first == 0:
        return "utf-16-le"
    if zeros_first > 0.7 * half and zeros_second == 0:
        return "utf-16-be"
    return None


def _is_binary(data: bytes) -> bool:
    return any(byte < 0x20 and byte not in TEXT_CONTROLS for byte in set(data))
