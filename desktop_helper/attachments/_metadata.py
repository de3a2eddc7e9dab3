"""Takes what a picture tells about its maker (place, time, camera, author, edits) out of a file, pixels untouched."""

from __future__ import annotations

import struct

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_PRIVATE = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}

JPEG_START = b"\xff\xd8"
JPEG_SCAN = 0xDA  # compressed pixels begin; no more segments that we care for
# APP1 (Exif, XMP) to APP15 and comments. APP2 holds the colour profile and APP14 says how colours are coded: both stay.
JPEG_PRIVATE = (set(range(0xE1, 0xF0)) | {0xFE}) - {0xE2, 0xEE}


def without_metadata(data: bytes) -> bytes:
    """The same PNG or JPEG without private metadata; `data` itself if there is none to remove."""
    if data.startswith(PNG_SIGNATURE):
        return _png(data)
    if data.startswith(JPEG_START):
        return _jpeg(data)
    return data


def _png(data: bytes) -> bytes:
    kept = [PNG_SIGNATURE]
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length  # length, kind, contents, checksum
        if kind not in PNG_PRIVATE:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break  # what follows the end is no part of the picture
    clean = b"".join(kept)
    return clean if len(clean) < len(data) else data


def _jpeg(data: bytes) -> bytes:
    kept = [JPEG_START]
    at = len(JPEG_START)
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != JPEG_SCAN:
        if data[at + 1] == 0xFF:  # a segment may be preceded by any number of fill bytes
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if data[at + 1] not in JPEG_PRIVATE:
            kept.append(data[at:end])
        at = end
    kept.append(data[at:])
    clean = b"".join(kept)
    return clean if len(clean) < len(data) else data
