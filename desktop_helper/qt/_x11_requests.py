"""The few requests of X's RENDER and MIT-SHM extensions that the overlay needs and that python-xlib does not know.

Numbers and layouts: X.org's renderproto.txt and shm.xml. The classes are made on first use, since python-xlib is slow
to import, and without a `class` statement, since it has no types.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from desktop_helper.core.geometry import Rect

_SRC, _OVER = 1, 3  # RENDER's operators: replace, and blend by opacity
_DIRECT = 1  # RENDER's type of a format without a palette
_SUBWINDOW_MODE = 1 << 8  # which attribute follows
_INCLUDE_INFERIORS = 1


def create_picture(display: Any, major: int, drawable: int, pict_format: int) -> int:
    """A picture (what RENDER works on) of a drawable, with the windows on it; its number."""
    picture = int(display.display.allocate_resource_id())
    _numbers("CreatePicture", 4, "picture", "drawable", "format", "mask", "mode")(
        display=display.display,
        opcode=major,
        picture=picture,
        drawable=drawable,
        format=pict_format,
        mask=_SUBWINDOW_MODE,
        mode=_INCLUDE_INFERIORS,
    )
    return picture


def create_opacity(display: Any, major: int, opacity: float) -> int:
    """A picture that is equally opaque everywhere, to blend through; its number."""
    picture = int(display.display.allocate_resource_id())
    _solid_fill()(display=display.display, opcode=major, picture=picture, red=0, green=0, blue=0, alpha=_wide(opacity))
    return picture


def free_picture(display: Any, major: int, picture: int) -> None:
    """Free a picture."""
    _numbers("FreePicture", 7, "picture")(display=display.display, opcode=major, picture=picture)


def fill(display: Any, major: int, picture: int, colour: tuple[float, float, float], size: tuple[int, int]) -> None:
    """Cover a picture of `size` with red, green, blue (0 to 1)."""
    red, green, blue = (_wide(part) for part in colour)
    _fill_rectangles()(
        display=display.display,
        opcode=major,
        operator=_SRC,
        picture=picture,
        red=red,
        green=green,
        blue=blue,
        alpha=0xFFFF,
        rectangles=[{"x": 0, "y": 0, "width": size[0], "height": size[1]}],
    )


def blend(display: Any, major: int, source: int, opacity: int, target: int, area: Rect) -> None:
    """Lay `area` of one picture over another, which begins at its corner, through a picture of opacity."""
    _composite()(
        display=display.display,
        opcode=major,
        operator=_OVER,
        source=source,
        opacity=opacity,
        target=target,
        source_x=area.x,
        source_y=area.y,
        opacity_x=0,
        opacity_y=0,
        target_x=0,
        target_y=0,
        width=area.width,
        height=area.height,
    )


def plain_format(display: Any, major: int, depth: int) -> int:
    """RENDER's number for pixels of blue, green, red and nothing; 0 if the server has none of that depth."""
    query_version, query_formats = _queries()
    # The talk begins with the version; the server answers a formats query without it with an error.
    query_version(display=display.display, opcode=major, major_version=0, minor_version=11)
    for found in query_formats(display=display.display, opcode=major).formats:
        plain = (found.red, found.green, found.blue, found.alpha_mask) == (16, 8, 0, 0)
        if found.type == _DIRECT and found.depth == depth and plain:
            return int(found.id)
    return 0


def attach_segment(display: Any, major: int, shmid: int) -> int:
    """Let the server write into a shared memory segment; its number. Raises `Xlib.error.XError`."""
    from Xlib import error

    segment = int(display.display.allocate_resource_id())
    failed = error.CatchError()
    _numbers("ShmAttach", 1, "segment", "shmid", "read_only")(
        display=display.display, opcode=major, segment=segment, shmid=shmid, read_only=0, onerror=failed
    )
    display.sync()
    if failed.get_error() is not None:
        raise failed.get_error()
    return segment


def detach_segment(display: Any, major: int, segment: int) -> None:
    """The server lets go of a segment."""
    _numbers("ShmDetach", 2, "segment")(display=display.display, opcode=major, segment=segment)


def image_into(display: Any, major: int, drawable: int, area: Rect, segment: int) -> Callable[[], int]:
    """Ask for a drawable's pixels in a segment.

    Returns what waits for them and gives the number of bytes; it raises `Xlib.error.XError`.
    """
    answer = _get_image()(
        display=display.display,
        defer=True,
        opcode=major,
        drawable=drawable,
        x=area.x,
        y=area.y,
        width=area.width,
        height=area.height,
        plane_mask=0xFFFFFFFF,
        format=2,  # ZPixmap: whole pixels
        segment=segment,
        offset=0,
    )

    def wait() -> int:
        answer.reply()
        return int(answer.size)

    return wait


@cache
def _numbers(name: str, code: int, *names: str) -> Any:
    """A request without an answer whose fields are 32-bit numbers."""
    from Xlib.protocol import rq

    return type(name, (rq.Request,), {"_request": _struct(code, *(rq.Card32(field) for field in names))})


@cache
def _fill_rectangles() -> Any:
    from Xlib.protocol import rq, structs

    colour = [rq.Card16(part) for part in ("red", "green", "blue", "alpha")]
    fields = (rq.Card8("operator"), rq.Pad(3), rq.Card32("picture"), *colour, rq.List("rectangles", structs.Rectangle))
    return type("FillRectangles", (rq.Request,), {"_request": _struct(26, *fields)})


@cache
def _solid_fill() -> Any:
    from Xlib.protocol import rq

    colour = [rq.Card16(part) for part in ("red", "green", "blue", "alpha")]
    return type("CreateSolidFill", (rq.Request,), {"_request": _struct(33, rq.Card32("picture"), *colour)})


@cache
def _composite() -> Any:
    from Xlib.protocol import rq

    pictures = [rq.Card32(name) for name in ("source", "opacity", "target")]
    places = [rq.Int16(f"{name}_{axis}") for name in ("source", "opacity", "target") for axis in ("x", "y")]
    fields = (rq.Card8("operator"), rq.Pad(3), *pictures, *places, rq.Card16("width"), rq.Card16("height"))
    return type("Composite", (rq.Request,), {"_request": _struct(8, *fields)})


@cache
def _queries() -> tuple[Any, Any]:
    from Xlib.protocol import rq

    version = [rq.Card32("major_version"), rq.Card32("minor_version")]
    query_version = _question("QueryVersion", _struct(0, *version), (rq.Pad(1),), (*version, rq.Pad(16)))
    channels = [rq.Card16(f"{name}{part}") for name in ("red", "green", "blue", "alpha") for part in ("", "_mask")]
    form = rq.Struct(rq.Card32("id"), rq.Card8("type"), rq.Card8("depth"), rq.Pad(2), *channels, rq.Card32("colormap"))
    formats = (rq.LengthOf("formats", 4), rq.Pad(20), rq.List("formats", form))
    return query_version, _question("QueryPictFormats", _struct(1), (rq.Pad(1),), formats)


@cache
def _get_image() -> Any:
    from Xlib.protocol import rq

    area = (rq.Int16("x"), rq.Int16("y"), rq.Card16("width"), rq.Card16("height"))
    target = (rq.Card32("plane_mask"), rq.Card8("format"), rq.Pad(3), rq.Card32("segment"), rq.Card32("offset"))
    request = _struct(4, rq.Card32("drawable"), *area, *target)
    return _question("ShmGetImage", request, (rq.Card8("depth"),), (rq.Card32("visual"), rq.Card32("size"), rq.Pad(16)))


def _wide(part: float) -> int:
    """0 to 1 as RENDER's 16 bits."""
    return round(part * 0xFFFF)


def _question(name: str, request: Any, second: tuple[Any, ...], rest: tuple[Any, ...]) -> Any:
    """A request with an answer: `second` is the byte after the answer's code, `rest` what follows its length."""
    from Xlib.protocol import rq

    reply = rq.Struct(rq.ReplyCode(), *second, rq.Card16("sequence_number"), rq.ReplyLength(), *rest)
    return type(name, (rq.ReplyRequest,), {"_request": request, "_reply": reply})


def _struct(code: int, *fields: Any) -> Any:
    from Xlib.protocol import rq

    return rq.Struct(rq.Card8("opcode"), rq.Opcode(code), rq.RequestLength(), *fields)
