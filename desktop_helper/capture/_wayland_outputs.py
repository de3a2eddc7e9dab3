"""The outputs of a Wayland compositor: names, places and true sizes.

https://wayland.app/protocols/wayland (`wl_output`, version 4), https://wayland.app/protocols/xdg-output-unstable-v1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktop_helper.capture._wayland_wire import Connection, Reader
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Screen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

_OUTPUT, _OUTPUT_VERSION = "wl_output", 4
_MANAGER, _MANAGER_VERSION = "zxdg_output_manager_v1", 3
_GET_XDG_OUTPUT = 1
_CURRENT = 1


@dataclass(slots=True)
class Output:
    """One monitor, or a window that stands for one.

    Args:
        object_id: of the `wl_output` on the connection that was asked.
        logical: its place in the compositor's own units; a screen at scale 2 has half as many of them as pixels.
        mode: pixels across and down of the panel, however it is turned.
        transform: how the picture is turned on it: quarters of a turn, 4 more if it is mirrored.
    """

    object_id: int
    name: str = ""
    logical: Rect = field(default_factory=lambda: Rect(0, 0, 0, 0))
    mode: tuple[int, int] = (0, 0)
    transform: int = 0
    integer_scale: int = 1

    @property
    def pixels(self) -> tuple[int, int]:
        """Across and down, as the user sees it."""
        return self.mode[::-1] if self.transform % 2 else self.mode

    @property
    def scale(self) -> float:
        """Pixels per logical unit."""
        return self.pixels[0] / self.logical.width

    def on_output(self, code: int, reader: Reader) -> None:
        """Events of the `wl_output`."""
        if code == 0:  # geometry: x, y, width and height in mm, subpixel, make, model, transform
            self.logical = Rect(reader.signed(), reader.signed(), 0, 0)
            for _ in range(3):
                reader.signed()
            reader.text(), reader.text()
            self.transform = reader.signed()
        elif code == 1:
            if reader.unsigned() & _CURRENT:
                self.mode = (reader.signed(), reader.signed())
        elif code == 3:
            self.integer_scale = max(1, reader.signed())
        elif code == 4:
            self.name = reader.text()

    def on_described(self, code: int, reader: Reader) -> None:
        """Events of the `zxdg_output_v1`, which knows fractional scales."""
        if code == 0:
            self.logical = Rect(reader.signed(), reader.signed(), self.logical.width, self.logical.height)
        elif code == 1:
            self.logical = Rect(self.logical.x, self.logical.y, reader.signed(), reader.signed())
        elif code == 3 and not self.name:
            self.name = reader.text()

    def complete(self) -> bool:
        """Fill in what nobody has told; False for one that is off."""
        width, height = self.pixels
        if width and height and not (self.logical.width and self.logical.height):
            scale = self.integer_scale
            self.logical = Rect(self.logical.x, self.logical.y, max(1, width // scale), max(1, height // scale))
        return bool(width and height)


def outputs(connection: Connection) -> list[Output]:
    """The outputs that are on, from left to right and from top to bottom. Raises OSError."""
    found = []
    for name in connection.globals(_OUTPUT):
        output = Output(0)
        output.object_id = connection.bind(name, _OUTPUT_VERSION, output.on_output)
        found.append(output)
    connection.round_trip()  # what an xdg_output says of the place comes after what the wl_output says
    for name in connection.globals(_MANAGER)[:1]:
        manager = connection.bind(name, _MANAGER_VERSION)
        for output in found:
            connection.send(manager, _GET_XDG_OUTPUT, connection.new_id(output.on_described), output.object_id)
    connection.round_trip()
    on = [output for output in found if output.complete()]
    return sorted(on, key=lambda output: (output.logical.x, output.logical.y, output.name))


def screens(rects: Sequence[tuple[Output, Rect]]) -> list[Screen]:
    """Outputs as the app's screens. Which is the main one Wayland does not say: the first."""
    return [
        Screen(index, output.name or tr("Screen {number}", number=index), rect, index == 1)
        for index, (output, rect) in enumerate(rects, 1)
    ]


def on_one_desktop(found: Sequence[Output], *, true_size: bool) -> list[tuple[Output, Rect]]:
    """Where each output lies in pixels of the whole desktop, whose corner is 0, 0.

    The compositor's units are taken times the largest scale, so outputs never overlap.

    Args:
        found: at least one output.
        true_size: each has as many pixels as its panel, and there is nothing between those with a smaller scale; else
            each has as many as it has in a picture of the whole desktop, which the largest scale magnifies.
    """
    left, top = min(output.logical.x for output in found), min(output.logical.y for output in found)
    scale = max(output.scale for output in found)
    placed = []
    for output in found:
        place = output.logical
        x, y = round((place.x - left) * scale), round((place.y - top) * scale)
        right, bottom = round((place.right - left) * scale), round((place.bottom - top) * scale)
        width, height = output.pixels if true_size else (right - x, bottom - y)
        placed.append((output, Rect(x, y, width, height)))
    return placed


def upright(pixels: Pixels, transform: int) -> Pixels:
    """Undo what the compositor did for a panel that is turned (`Output.transform`)."""
    import numpy as np

    turned = np.rot90(pixels, -(transform % 4))
    return turned[:, ::-1] if transform >= 4 else turned
