"""Takes all but the picture out of a file: place, time, camera, author, edits, a hidden film. Pixels are untouched."""

from __future__ import annotations

import re
import struct

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Besides the critical chunks, those that say how the pixels look. Programs invent others: edit histories, thumbnails of
# what was cropped away, who made it with what.
PNG_LOOKS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs"}

JPEG_START = b"\xff\xd8"
JPEG_END = 0xD9
JPEG_SCAN = 0xDA  # compressed pixels follow
# APP1 (Exif, XMP) to APP15 and comments. APP2 holds the colour profile and APP14 says how colours are coded: both stay.
JPEG_PRIVATE = (set(range(0xE1, 0xF0)) | {0xFE}) - {0xE2, 0xEE}
# Among compressed pixels, a byte 255 is followed by a zero or by a restart marker. Anything else ends them.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

# What may follow the pixels of one scan: tables and scans of progressive ones, private things, the end.
_AFTER_SCANS = {0xC4, JPEG_SCAN, 0xDB, 0xDC, 0xDD, 0xFE, JPEG_END, *range(0xE0, 0xF0)}
_NEXT = re.compile(rb"\xff[^\x00\xff]")


def without_metadata(data: bytes) -> bytes:
    """The same PNG or JPEG without private metadata; `data` itself if there is none to remove."""
    if data.startswith(PNG_SIGNATURE):
        return _png(data)
    if data.startswith(JPEG_START):
        return _jpeg(data)
    return data


def is_regular(data: bytes) -> bool:
    """Whether every reader finds the same in a PNG or JPEG: decoders forgive damage, each in its own way."""
    if not data.startswith(JPEG_START):
        return True
    at, scanned = len(JPEG_START), False
    while at + 2 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == JPEG_END:
            return scanned
        if scanned and kind not in _AFTER_SCANS:
            return False
        scanned = scanned or kind == JPEG_SCAN
        at += 1
        if kind != 0xFF:
            at = _segment_end(data, at - 1)
    return False


def _png(data: bytes) -> bytes:
    kept = [PNG_SIGNATURE]
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length  # length, kind, contents, checksum
        if kind[:1].isupper() or kind in PNG_LOOKS:  # a capital letter marks a critical chunk
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break  # what follows the end is no part of the picture
    clean = b"".join(kept)
    return clean if len(clean) < len(data) else data


def _jpeg(data: bytes) -> bytes:
    kept = [JPEG_START]
    at = len(JPEG_START)
    while at + 2 <= len(data):
        if (
            data[at] != 0xFF
        ):  # rubbish: readers go on at the next marker, behind which there may be more of what is private
            found = _NEXT.search(data, at)
            at = found.start() if found else len(data)
            continue
        kind = data[at + 1]
        if kind == 0xFF:  # a segment may be preceded by any number of fill bytes
            at += 1
            continue
        if kind == JPEG_END:
            kept.append(data[at : at + 2])
            at = len(data)  # what follows is no part of the picture; telephones put a film there
            break
        end = _segment_end(data, at)
        if kind not in JPEG_PRIVATE:
            kept.append(data[at:end])
        at = end
    kept.append(data[at:])
    clean = b"".join(kept)
    return clean if len(clean) < len(data) else data


def _segment_end(data: bytes, at: int) -> int:
    """Where the segment at `at` ends, with the pixels that follow a scan's header."""
    if at + 4 > len(data):
        return len(data)
    (length,) = struct.unpack_from(">H", data, at + 2)
    end = int(at + 2 + length)
    if data[at + 1] != JPEG_SCAN:
        return end
    marker = _MARKER.search(data, end)
    return marker.start() if marker else len(data)
