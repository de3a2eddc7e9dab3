"""Small pictures of a document's pages, drawn in a converter process of their own, for who chooses some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.core.child import child_argv
from desktop_helper.core.frames import Frame
from desktop_helper.services.looks_child import LooksChild
from desktop_helper.services.page_choice import PageCost

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

TIME_LIMIT_S = 15.0
PRINT_LIMIT_S = 60.0  # for a document that LibreOffice prints first
_MOST_PAGES = 1_000_000  # that a file may claim to have
_WORKER = "desktop_helper.attachments._worker"


def _nowhere() -> str:
    """For documents that nothing is made of first."""
    return ""


@dataclass(frozen=True, slots=True)
class PagesAbout:
    """How many pages a document has, and the shape of the first one, in units of its own."""

    count: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageLook:
    """One page, as a PNG or JPEG file, and what it would cost in a question."""

    data: bytes = field(repr=False)
    cost: PageCost


class PageLooks:
    """One document. Used from any thread, one call at a time; `close` ends a call that is under way.

    Args:
        argv: the command of the converter process.
        log_dir: where that process's standard error goes.
        path: of the document.
        password: that opens it. It is in no log.
        max_image_tokens: what a page may cost at most.
        time_limit_s: for one page.
        printed: whether another program makes pages of it first.
        kept: tells the folder of what that made of documents before (`PrintedFolder.path`); called with each question.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        path: Path,
        *,
        password: str = "",
        max_image_tokens: int,
        time_limit_s: float = TIME_LIMIT_S,
        printed: bool = False,
        kept: Callable[[], str] = _nowhere,
    ) -> None:
        self._first_limit_s = PRINT_LIMIT_S if printed else time_limit_s
        self._child = LooksChild(argv, log_dir, path, time_limit_s=time_limit_s)
        self._request = {"type": "pages", "password": password, "max_image_tokens": max_image_tokens}
        self._kept = kept

    def about(self) -> PagesAbout:
        """How many there are. Raises `HelperError`, as the others do: SOURCE, LOCKED or CANCELLED."""
        header = self._ask({"what": "about"}, "about", self._first_limit_s).header
        with self._child.no_trust():
            count, width, height = int(header["count"]), float(header["width"]), float(header["height"])
            if not (0 < count <= _MOST_PAGES and 0 < width < 1e6 and 0 < height < 1e6):
                raise ValueError(count)
        return PagesAbout(count, width, height)

    def page(self, number: int, room: tuple[int, int]) -> PageLook:
        """A page, counted from 1, no larger than `room`."""
        wanted = {"what": "page", "number": number, "width": room[0], "height": room[1]}
        frame = self._ask(wanted, "picture")
        with self._child.no_trust():
            (data,) = frame.payloads
            return PageLook(data, _cost(frame.header))

    def costs(self, numbers: Sequence[int]) -> dict[int, PageCost]:
        """What these pages would cost; one that cannot be read costs nothing."""
        frame = self._ask({"what": "costs", "numbers": list(numbers)}, "costs")
        with self._child.no_trust():
            found = [_cost(one) for one in frame.header["costs"]]
            return dict(zip(numbers, found, strict=True))

    def close(self) -> None:
        """End the process. May be called twice, from any thread."""
        self._child.close()

    def _ask(self, wanted: dict[str, Any], expected: str, time_limit_s: float | None = None) -> Frame:
        return self._child.ask(self._request | {"printed": self._kept()} | wanted, expected, time_limit_s)


def look_at(
    services: Services, path: Path, password: str, max_image_tokens: int, *, printed: bool = False
) -> PageLooks:
    """The pages of a file; the caller closes it. Raises `HelperError`."""
    services.prepare()
    argv, log_dir, most = child_argv(_WORKER), services.paths.log_dir, max_image_tokens
    kept = services.converter.printed.path if printed else _nowhere
    return PageLooks(argv, log_dir, path, password=password, max_image_tokens=most, printed=printed, kept=kept)


def _cost(described: Mapping[str, object]) -> PageCost:
    tokens, characters = described["tokens"], described["characters"]
    if not isinstance(tokens, int) or not isinstance(characters, int) or tokens < 0 or characters < 0:
        raise TypeError("numbers of tokens and characters")
    return PageCost(tokens, characters)
