"""Takes the pictures of a recording from what the desktop shares: see `cast.py`."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from desktop_helper.capture import _capture_errors
from desktop_helper.capture._cast_parts import Shown, cut, whole
from desktop_helper.capture._cast_places import screen_of, unshared
from desktop_helper.capture._cast_token import CastToken
from desktop_helper.capture._pipewire import Remote, Stream, failed
from desktop_helper.capture._portal_support import placed
from desktop_helper.capture._wayland_outputs import screens
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame, Screen, WindowInfo
from desktop_helper.freedesktop import screen_cast

if TYPE_CHECKING:
    from pathlib import Path

PICTURE_S = 15.0  # in which one must come, once the desktop shares
SETTLE_S = 1.0  # in which a compositor that gives a screen another size has said so on both ways
LOOK_AGAIN_S = 1.0  # not all portals say that a screen was unplugged
_FAREWELL_S = 0.5  # in which the portal says that it was the desktop that ended a stream


@dataclass(slots=True)
class _Source:
    """A stream, what the portal told of it, and where that is on the desktop."""

    stream: Stream
    told: screen_cast.SharedStream
    name: str = ""
    place: Rect | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Pixels across and down; 0, 0 while there are none."""
        return self.stream.look(lambda picture: (picture.shape[1], picture.shape[0])) or (0, 0)


@dataclass(frozen=True, slots=True)
class _Last:
    """The last picture: of what, and what could be seen then: how many had come of each stream, and its place."""

    rect: Rect
    seen: list[tuple[int, Rect | None]]
    frame: Frame


class CastCapturer:
    """The `Capturer` of one recording. The user is asked when the first picture is taken, unless they were before.

    Who chooses a window gets all of it, whatever was to be recorded.

    Args:
        area: what will be recorded; the screens that it lies on must be shared.
        pointer: the mouse pointer is in the pictures.
        fps: how many are wanted a second.
        consent: as in `RecordingSpec`.
    """

    def __init__(
        self, area: Rect | None = None, *, pointer: bool = True, fps: float = 30.0, consent: Path | None = None
    ) -> None:
        self._area, self._pointer = area, pointer
        self._fps = Fraction(fps).limit_denominator(1000)
        self._token = CastToken(consent)
        self._opened = ExitStack()
        self._cast: screen_cast.ScreenCast | None = None
        self._remote: Remote | None = None
        self._sources: list[_Source] = []
        self._window: _Source | None = None
        self._counts: list[int] = []
        self._sizes: list[tuple[int, int]] = []
        self._changed = self._asked = 0.0
        self._last: _Last | None = None

    def screens(self) -> list[Screen]:
        """Those that are shared, where it is known which."""
        shared = [source.name for source in self._sources if source.place is not None]
        return screens([(output, place) for output, place in placed() if not shared or output.name in shared])

    def windows(self) -> list[WindowInfo]:
        """None: Wayland tells no program about the others'."""
        return []

    def grab(self, rect: Rect) -> Frame:
        """The pixels of `rect`, or of the window; the same object as before while nothing has changed."""
        if self._remote is None:
            self._open()
        self._raise_if_over()
        if self._window is None:
            self._look_for_screens()
        last, seen = self._last, [(source.stream.count, source.place) for source in self._sources]
        if last is not None and last.rect == rect and last.seen == seen:
            return last.frame
        frame = self._now(rect)
        if frame is None and last is not None and last.rect == rect:
            return last.frame  # the stream is getting another size
        if frame is None:
            self._wait_for_pictures()
            frame = self._now(rect)
        if frame is None:
            raise _no_picture()
        self._last = _Last(rect, seen, frame)
        return frame

    def close(self) -> None:
        """Share nothing any more."""
        self._opened.close()
        self._cast = self._remote = self._window = self._last = None
        self._sources = []

    # --- what is shared ---

    def _open(self) -> None:
        """Share what was shared before if that is it, else what the user chooses now."""
        missing: list[str] = []
        for token in dict.fromkeys((self._token.read(), "")):
            try:
                fresh = self._share(token)
                missing = self._arrange()
            except screen_cast.NotShared:
                self.close()
                if token:
                    continue  # it has become worthless
                raise
            except BaseException:
                self.close()
                raise
            if not missing:
                # A window is chosen for one recording: the next one may be of anything.
                self._token.keep("" if self._window is not None else fresh)
                return
            self._token.keep("")
            self.close()
        raise _elsewhere(missing)

    def _share(self, token: str) -> str:
        """Returns the token for the next time."""
        self._cast = cast = self._opened.enter_context(closing(screen_cast.ScreenCast()))
        shared = cast.share(pointer=self._pointer, token=token)
        self._remote = remote = self._opened.enter_context(closing(Remote(cast.open_remote())))
        self._sources = [_Source(remote.stream(told.node, self._fps), told) for told in shared.streams]
        self._wait_for_pictures()
        return shared.token

    def _arrange(self) -> list[str]:
        """Find out which screen each stream is. Returns those that would have to be shared as well."""
        desktop = placed()
        self._counts = [source.stream.count for source in self._sources]
        self._sizes = [source.size for source in self._sources]
        for source, size in zip(self._sources, self._sizes, strict=True):
            found = None if source.told.is_window else screen_of(source.told.place, size, desktop)
            if found is not None:
                source.name, source.place = found[0].name, found[1]
        if self._area is None:
            return []
        missing = unshared(self._area, [source.name for source in self._sources if source.place], desktop)
        windows = [source for source in self._sources if source.told.is_window]
        if missing and windows:
            self._window = windows[0]
            return []
        return missing

    def _look_for_screens(self) -> None:
        """Find out where they are now, if one has got another size, and from time to time: one may be gone."""
        now, counts = time.monotonic(), [source.stream.count for source in self._sources]
        if counts != self._counts:
            self._counts, before = counts, self._sizes
            self._sizes = [source.size for source in self._sources]
            self._changed = now if self._sizes != before else self._changed
        if now - self._changed < SETTLE_S or now - self._asked > LOOK_AGAIN_S:
            self._asked = now
            places = {output.name: place for output, place in placed()}
            for source in self._sources:
                source.place = places.get(source.name)

    def _needed(self) -> list[_Source]:
        """Those that are recorded; all of them while that is not known."""
        if self._window is not None:
            return [self._window]
        area = self._area
        found = [one for one in self._sources if one.place is not None and area and one.place.intersected(area)]
        return found or self._sources

    def _wait_for_pictures(self) -> None:
        remote = self._remote
        end = time.monotonic() + PICTURE_S
        while remote is not None and not all(source.size[0] for source in self._sources):
            self._raise_if_over()
            if time.monotonic() > end:
                raise _no_picture()
            remote.changed.wait(0.1)
            remote.changed.clear()

    def _raise_if_over(self) -> None:
        faults = [source.stream.fault for source in self._needed() if source.stream.fault]
        end = time.monotonic() + (_FAREWELL_S if faults else 0)
        while self._cast is not None:
            if self._cast.is_over():
                raise screen_cast.ended()
            if time.monotonic() >= end:
                break
            time.sleep(0.02)
        if faults:
            raise _broken(faults[0])

    # --- its pictures ---

    def _now(self, rect: Rect) -> Frame | None:
        if self._window is not None:
            size = self._last.frame.rect if self._last is not None else None
            return whole(self._window.stream.look, rect, size)
        shown = [Shown(source.place, source.stream.look) for source in self._sources if source.place is not None]
        if not shown:
            raise _capture_errors.part_gone()
        desktop = Rect.around([screen.place for screen in shown])
        if rect.intersected(desktop) != rect:
            raise _capture_errors.outside(rect, desktop)
        return cut(rect, shown)


def _no_picture() -> HelperError:
    return failed(
        tr(
            "The desktop shares its screen, but no picture of it has come within {seconds:g} seconds.",
            seconds=PICTURE_S,
        )
    )


def _broken(fault: str) -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The recording ended, since PipeWire hands over no more pictures: {detail}.", detail=fault),
        tr("What was recorded until then is kept; record again."),
    )


def _elsewhere(missing: list[str]) -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr(
            "What was to be recorded is on {screens}, and the desktop shares another screen.",
            screens=", ".join(missing),
        ),
        tr("Record again, and choose that screen when the desktop asks."),
    )
