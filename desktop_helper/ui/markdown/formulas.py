"""LaTeX to pictures, on a thread: the first formula loads ziamath (0.3 s), and a large one takes longer than a frame.

store = formulas()
if store.wait(keys, timeout_s):      # asks for what is missing
    shape = store.get(key)           # None: cannot be drawn, show the source
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

EM = 100.0  # a shape's units per em
_KEPT = 512  # shapes of about 8 kB
_MAX_WIDTH_EM = 50.0  # wider ones would be illegible in a chat window; their source wraps
_MAX_COST = 800  # about 0.7 ms each; ziamath takes twice as long for each level of nesting
_PATIENCE_S = 5.0
_TOKEN = re.compile(r"\\(?:[a-zA-Z]+|.)|\S", re.DOTALL)
_BOX_GLYPHS = re.compile(
    r"[\u0590-\u08ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\uffef\U0001f000-\U0003ffff]"
)  # not in its font
_DEEPER, _SHALLOWER = {"{", "\\left", "\\begin"}, {"}", "\\right", "\\end"}
# What ziamath draws wrongly, and what would let a formula define, name or load something.
_REFUSED = frozenset(
    re.findall(
        r"\\\w+",
        r"\ce \pu \tag \label \ref \eqref \def \gdef \edef \let \newcommand \renewcommand \newenvironment \verb "
        r"\href \url \DeclareMathOperator \style \class \unicode \require \includegraphics \input",
    )
)

Key = tuple[str, bool]  # LaTeX, and whether it stands on a line of its own


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn formula. Lengths are in em; `svg` is black and has `EM` units per em."""

    svg: str
    width: float
    ascent: float
    descent: float


class Formulas:
    """The shapes that were drawn last. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shapes: OrderedDict[Key, Shape | None] = OrderedDict()
        self._queue: OrderedDict[Key, float] = OrderedDict()  # when each was asked for
        self._working = False

    def wait(self, keys: Iterable[Key], timeout_s: float | None) -> bool:
        """Ask for shapes. Returns whether all are there, or were not for so long that the source must do."""
        wanted = set(keys)
        with self._changed:
            for key in wanted:  # not by set difference: that walks through all shapes, with every chunk
                if key not in self._shapes and key not in self._queue:
                    self._queue[key] = time.monotonic()
            if self._queue and not self._working:
                self._working = True
                threading.Thread(target=self._work, name="formulas", daemon=True).start()
            self._changed.wait_for(lambda: not self._missing(wanted), timeout_s)
            return not self._missing(wanted)

    def get(self, key: Key) -> Shape | None:
        """A shape that was waited for; None if there is none."""
        with self._changed:
            if key in self._shapes:
                self._shapes.move_to_end(key)
            return self._shapes.get(key)

    def _missing(self, wanted: set[Key]) -> bool:
        late = time.monotonic() - _PATIENCE_S
        return any(self._queue[key] > late for key in wanted if key in self._queue)

    def _work(self) -> None:
        while True:
            with self._changed:
                key = next(iter(self._queue), None)
                if key is None:
                    self._working = False
                    return
            shape: Shape | None = None
            with contextlib.suppress(Exception):  # without ziamath, sources are shown
                shape = draw(*key)
            with self._changed:
                self._shapes[key] = shape
                del self._queue[key]
                while len(self._shapes) > _KEPT:
                    self._shapes.popitem(last=False)
                self._changed.notify_all()


@cache
def formulas() -> Formulas:
    """The application's store."""
    return Formulas()


def draw(tex: str, display: bool) -> Shape | None:
    """Draw a formula now; None if that cannot be done well."""
    if not _is_drawable(tex):
        return None
    ziamath = _engine()
    ziamath.config.svg2 = False  # Qt reads SVG 1 only
    try:
        made = ziamath.Latex(tex, size=EM, inline=not display, margin=0)
        box = made.node.bbox
        width, ascent, descent = (box.xmax - box.xmin) / EM, box.ymax / EM, -box.ymin / EM
        svg = made.svg() if 0 < width <= _MAX_WIDTH_EM and 0 < ascent + descent < _MAX_WIDTH_EM else ""
    except Exception:  # noqa: BLE001 - a model may write anything, and ziamath raises dozens of kinds
        return None
    return Shape(svg, width, ascent, descent) if svg else None


@cache
def _engine() -> Any:
    with warnings.catch_warnings():  # it finds its font in a way that Python 3.11 warns of
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath
    return ziamath


def _is_drawable(tex: str) -> bool:
    """Whether every command is known and the work stays small."""
    if _BOX_GLYPHS.search(tex):
        return False
    cost, depth = 0, 0
    for token in _TOKEN.findall(tex):
        depth += (token in _DEEPER) - (token in _SHALLOWER)
        cost += 1 << max(0, min(depth, 10))
        if cost > _MAX_COST or (len(token) > 2 and not _known(token)):
            return False
    return cost > 0


@cache
def _known(command: str) -> bool:
    if command in _REFUSED:
        return False
    if re.fullmatch(r"\\math[a-z]+|\\(?:big|Big|bigg|Bigg)[lrm]?|\\(?:begin|end|operatorname|color)", command):
        return True
    from latex2mathml import commands
    from latex2mathml.symbols_parser import convert_symbol

    return convert_symbol(command) is not None or command in _names(commands)


@cache
def _names(module: object) -> frozenset[str]:
    found: set[str] = set()
    for value in vars(module).values():
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, tuple | dict | list | set | frozenset):
            found.update(item for item in value if isinstance(item, str))
    return frozenset(found)
