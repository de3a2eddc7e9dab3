"""HEIC files: small ones that libheif 1.23 wrote, and grids of tiles like a telephone's, put together from those."""

from __future__ import annotations

import base64
import struct

# 64 x 64: red at the left with a black foot, blue at the right.
PLAIN = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABegABAAAAAAAAAFsAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBw"
    "aXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAGNtZGF0AAAAVygBrwT4QTJp2//Jh////K9d2X+TE0GEH+zt2vv+B/7//8ZoKE4X"
    "sv+NO9G9NJH/82y9mKHZ2rwJAAtcwGI2xH5t1DOgXTs1Ax8NSWb/Ab4H9+n9WqlX/w=="
)

# The same; its upper left quarter is transparent.
CLEAR = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAkVtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAACaQABAAAAAAAAAFsAAgAAAAACxAABAAAAAAAAAB0AAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAAACAABodmMxAAAAAA5waXRtAAAAAAABAAABhGlwcnAAAAFeaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNj"
    "b2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAByaHZjQwEECAAAAJ/4AAAAAB7wAPz8+PgAAA8DYAAB"
    "ABdAAQwB//8ECAAAAwCf+AAAAwAAHroCQGEAAQAmQgEBBAgAAAMAn/gAAAMAAB7AggQWW6kkprmwIAAAAwMgAAADACFiAAEAB0QBwXKwIkAAAAAO"
    "cGl4aQAAAAABCAAAACdhdXhDAAAAAHVybjptcGVnOmhldmM6MjAxNTphdXhpZDoxAAAAAB5pcG1hAAAAAAAAAAIAAQSBAgMEAAIEhQMGhwAAABpp"
    "cmVmAAAAAAAAAA5hdXhsAAIAAQABAAAAgG1kYXQAAABXKAGvBPhBMmnb/8mH///8r13Zf5MTQYQf7O3a+/4H/v//xmgoThey/4070b00kf/zbL2Y"
    "odnavAkAC1zAYjbEfm3UM6BdOzUDHw1JZv8Bvgf36f1aqVf/AAAAGSgBrgnwZDyWb/76CB53P+KiUgc//CGlOeA="
)

# The same, and it turned around.
TWO = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYRtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAABqAABAAAAAAAAAFsAAgAAAAACAwABAAAAAAAAAD8AAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAAACAABodmMxAAAAAA5waXRtAAAAAAABAAAA3WlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNj"
    "b2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAeaXBtYQAAAAAAAAACAAEEgQIDBAACBIECAwQAAACi"
    "bWRhdAAAAFcoAa8E+EEyadv/yYf///yvXdl/kxNBhB/s7dr7/gf+///GaChOF7L/jTvRvTSR//NsvZih2dq8CQALXMBiNsR+bdQzoF07NQMfDUlm"
    "/wG+B/fp/VqpV/8AAAA7KAGvBPhBMmnb/+PI/+R/sjMf/9pPS/wfsz0//4CO4XxA5MKFbU/18J//00j8fzbopX/xnbQcTv16+cA="
)


def grid(
    columns: int, rows: int, *, turn: int = 0, mirror: int | None = None, size: tuple[int, int] | None = None
) -> bytes:
    """Tiles that all show `PLAIN`, side by side.

    Args:
        columns, rows: how many.
        turn: quarters against the clock.
        mirror: 0 exchanges top and bottom, 1 left and right.
        size: that is declared; the tiles' own without it.
    """
    width, height = size or (64 * columns, 64 * rows)
    tile, setup = _piece(PLAIN, b"mdat")[8:], _piece(PLAIN, b"hvcC")
    count = columns * rows
    shape = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    transforms = [_box(b"irot", bytes([turn]))]
    transforms += [] if mirror is None else [_box(b"imir", bytes([mirror]))]
    known = _box(b"ipco", setup + _ispe(64, 64) + _ispe(width, height) + b"".join(transforms))
    used = [struct.pack(">HB", 1, 1 + len(transforms)) + bytes([3, *range(4, 4 + len(transforms))])]
    used += [struct.pack(">HBBB", number, 2, 1, 2) for number in range(2, count + 2)]
    kinds = [b"grid"] + [b"hvc1"] * count
    infos = b"".join(
        _box(b"infe", struct.pack(">IHH4sB", 2 << 24 | (number > 1), number, 0, kind, 0))
        for number, kind in enumerate(kinds, start=1)
    )
    refers = _box(b"dimg", struct.pack(f">HH{count}H", 1, count, *range(2, count + 2)))

    def description(at: int) -> bytes:
        places = struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(shape))
        places += b"".join(struct.pack(">HHHHII", number, 0, 0, 1, at, len(tile)) for number in range(2, count + 2))
        inside = _box(b"hdlr", bytes(8) + b"pict" + bytes(13)) + _box(b"pitm", struct.pack(">IH", 0, 1))
        inside += _box(b"iinf", struct.pack(">IH", 0, count + 1) + infos) + _box(b"iref", bytes(4) + refers)
        inside += _box(b"iprp", known + _box(b"ipma", struct.pack(">II", 0, count + 1) + b"".join(used)))
        inside += _box(b"iloc", struct.pack(">IBBH", 1 << 24, 0x44, 0, count + 1) + places) + _box(b"idat", shape)
        return _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + _box(b"meta", bytes(4) + inside)

    return description(len(description(0)) + 8) + _box(b"mdat", tile)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _ispe(width: int, height: int) -> bytes:
    return _box(b"ispe", struct.pack(">III", 0, width, height))


def _piece(data: bytes, kind: bytes) -> bytes:
    """A box with its head, wherever it is."""
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]
