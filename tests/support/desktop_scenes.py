"""Desktops that are drawn, not captured: what happens on them, and when, is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

Pixels = np.ndarray
PAPER, INK, PANEL = 246, 30, 214


@dataclass(frozen=True)
class Event:
    """Something that must be seen in a picture from `at` to `until`."""

    at: float
    until: float


def shows(at: float, within: float = 0.5) -> Event:
    return Event(at, at + within)


@dataclass(frozen=True)
class Desktop:
    """`draw(t)` gives the desktop at that time; the same object as long as nothing has changed, if it can."""

    name: str
    draw: Callable[[float], Pixels]
    events: tuple[Event, ...] = ()
    seconds: float = 6.0
    rate: float = 30.0

    @property
    def necessary(self) -> int:
        """Pictures that tell all of it: one an event, the first and the last."""
        return len(self.events) + 2

    def frames(self) -> Iterator[tuple[float, Pixels]]:
        for number in range(round(self.seconds * self.rate)):
            yield number / self.rate, self.draw(number / self.rate)


def text(picture: Pixels, x: int, y: int, words: str, ink: int = INK, size: float = 0.5) -> None:
    cv2.putText(picture, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, (ink,), 1, cv2.LINE_AA)


def box(picture: Pixels, x: int, y: int, width: int, height: int, fill: int, words: str = "", ink: int = INK) -> None:
    cv2.rectangle(picture, (x, y), (x + width, y + height), (fill,), -1)
    cv2.rectangle(picture, (x, y), (x + width, y + height), ((fill + 2 * ink) // 3,), 1)
    for number, line in enumerate(filter(None, words.split("\n"))):
        text(picture, x + 20, y + 40 + 24 * number, line, ink)


def lines(picture: Pixels, seed: int, x: int, y: int, width: int, height: int, ink: int = INK) -> None:
    """A page of words."""
    chance = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlu mwfgypbvk   "))
    for at in range(y + 24, y + height - 8, 24):
        count = int(chance.integers(width // 20, width // 11))
        text(picture, x + 12, at, "".join(chance.choice(letters, count)), ink)


@cache
def page(seed: int, width: int = 1920, height: int = 1080, paper: int = PAPER, ink: int = INK) -> Pixels:
    """A desktop with a window full of text, a panel at the left and a bar at the top."""
    picture = np.full((height, width), paper, np.uint8)
    dark = paper < 128
    box(picture, 0, 0, width, 32, paper + 14 if dark else PANEL, ink=ink)
    box(picture, 0, 32, width // 6, height - 33, paper + 7 if dark else 232, ink=ink)
    lines(picture, seed + 1000, 0, 48, width // 6, height // 2, ink)
    lines(picture, seed, width // 6 + 20, 48, width - width // 6 - 60, height - 160, ink)
    box(picture, width // 6 + 60, height - 105, width // 2, 34, paper + 9 if dark else 255, ink=ink)  # to type into
    return picture


def switched(*states: tuple[float, Pixels]) -> Callable[[float], Pixels]:
    """The last state whose time has come."""
    return lambda t: next(picture for at, picture in reversed(states) if t >= at - 1e-6)


def on(base: Pixels, paint: Callable[[Pixels], object]) -> Pixels:
    picture = base.copy()
    paint(picture)
    return picture


def painted(base: Pixels, paint: Callable[[Pixels, float], None], start: float = 0, end: float = math.inf) -> Callable:
    """`base`, with `paint` of the time between `start` and `end`; then what was painted last stays."""

    @cache
    def at_rest() -> Pixels:
        return on(base, lambda picture: paint(picture, end))

    def draw(t: float) -> Pixels:
        if t < start - 1e-6:
            return base
        return at_rest() if t >= end - 1e-6 else on(base, lambda picture: paint(picture, t))

    return draw


def dialog(picture: Pixels, x: int = 700, y: int = 380, words: str = "Save changes to report.odt?\nYes     No") -> None:
    box(picture, x, y, 480, 220, 252, words)


def pointer(picture: Pixels, x: float, y: float) -> None:
    corners = ((0, 0), (0, 18), (5, 13), (9, 20), (12, 18), (8, 12), (13, 12))
    shape = np.array([(int(x) + right, int(y) + down) for right, down in corners], np.int32)
    cv2.fillPoly(picture, [shape], (0,))


def film(picture: Pixels, t: float, x: int = 1300, y: int = 600, width: int = 560, height: int = 320) -> None:
    """Something that moves everywhere, like a talking head before a swaying tree."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = np.sin(columns / 23 + t * 5) * 60 + np.sin(rows / 31 - t * 7) * 50 + 128
    picture[y : y + height, x : x + width] = waves.clip(0, 255).astype(np.uint8)


def opening(picture: Pixels, t: float, start: float, seconds: float) -> None:
    share = max(0.05, min(1.0, (t - start) / seconds))
    width, height = int(900 * share), int(600 * share)
    box(picture, 900 - width // 2, 540 - height // 2, width, height, 255)
    if share == 1.0:
        lines(picture, 77, 460, 250, 860, 560)


def scrolled(seed: int, by: float) -> Pixels:
    tall = page(seed, 1920, 4000)
    picture = page(seed).copy()
    picture[60:, 330:] = tall[60 + int(by) : 1080 + int(by), 330:]
    return picture


def typed(picture: Pixels, words: str, t: float, start: float, per_second: float) -> None:
    text(picture, 400, 997, words[: max(0, math.floor((t - start) * per_second) + 1)])


def faded(one: Pixels, other: Pixels, share: float) -> Pixels:
    return cv2.addWeighted(one, 1 - share, other, share, 0)


WORDS = "the answer is that the second build failed"


def _calm() -> list[Desktop]:
    """Nothing that matters happens."""
    base = page(1)

    def wander(picture: Pixels, t: float) -> None:
        pointer(picture, 900 + 700 * math.sin(t), 500 + 400 * math.cos(2 * t))

    def turn(picture: Pixels, t: float) -> None:
        cv2.ellipse(picture, (300, 16), (9, 9), t * 400, 0, 250, (0,), 2)

    caret, letter = on(base, lambda p: cv2.rectangle(p, (640, 982), (641, 1002), (0,), -1)), on(base, _one_letter)
    return [
        Desktop("nothing at all", lambda t: base),
        Desktop("one letter is typed", switched((0, base), (2, letter))),
        Desktop("the caret blinks", lambda t: caret if t % 1 < 0.5 else base),
        Desktop("the clock ticks", painted(base, lambda p, t: text(p, 1820, 22, f"12:59:{int(t):02d}"))),
        Desktop("the pointer wanders", painted(base, wander)),
        Desktop("a spinner turns", painted(base, turn)),
    ]


def _one_letter(picture: Pixels) -> None:
    text(picture, 650, 997, "m")


def _dialogs() -> list[Desktop]:
    base = page(1)
    asked, tip = on(base, dialog), on(base, lambda p: box(p, 800, 500, 130, 26, 235, ""))
    text(tip, 806, 518, "Save (Ctrl+S)")
    other = on(base, lambda p: dialog(p, 500, 300, "Disk is full.\nRetry"))
    dark = page(1, paper=25, ink=230)
    quiet = on(dark, lambda p: box(p, 700, 380, 480, 220, 37, "Sign in again", 230))
    menu = on(base, lambda p: box(p, 330, 34, 240, 300, 250, "New\nOpen\nSave\nPrint\nQuit"))
    quickly = switched((0, base), (2, asked), (2.15, other), (2.3, base))
    notice = lambda p, t: box(p, int(1920 - 360 * min(1.0, (t - 2) / 0.3)), 60, 340, 90, 250, "Mail from Ann")  # noqa: E731
    return [
        Desktop("a dialog opens and closes", switched((0, base), (2, asked), (4, base)), (shows(2), shows(4))),
        Desktop("a dialog flashes", switched((0, base), (2, asked), (2.1, base)), (Event(2, 2.1),)),
        Desktop("one dialog flashes after another", quickly, (Event(2, 2.15), Event(2.15, 2.3))),
        Desktop("a tip is shown", switched((0, base), (2, tip), (3, base)), (shows(2), shows(3))),
        Desktop("a dialog in the dark", switched((0, dark), (2, quiet)), (shows(2),)),
        Desktop("a menu, then a dialog", switched((0, base), (2, menu), (2.4, asked)), (Event(2, 2.4), shows(2.4))),
        Desktop("a notice slides in", painted(base, notice, 2, 2.3), (shows(2.3),)),
    ]


def _pages() -> list[Desktop]:
    base, other = page(1), page(2)
    splash = switched((0, base), (2, on(base, dialog)), (2.3, other))
    dragged = painted(base, lambda p, t: dialog(p, int(400 + 600 * (t - 2)), 300), 2, 3.2)
    each_half = tuple(shows(n / 2) for n in range(1, 10))
    fade = lambda t: base if t < 2 else other if t >= 3 else faded(base, other, t - 2)  # noqa: E731
    smooth = lambda t: scrolled(1, 0) if t < 2 else scrolled(1, 1600 * min(1, (t - 2) / 1.5))  # noqa: E731
    wheel = lambda t: scrolled(1, 120 * max(0, min(8, math.floor((t - 2) * 10 + 1e-6) + 1)))  # noqa: E731
    return [
        Desktop("a window opens", painted(base, lambda p, t: opening(p, t, 2, 0.2), 2, 2.2), (shows(2.2),)),
        Desktop("another page", switched((0, base), (2, other)), (shows(2),)),
        Desktop("a splash, then the window", splash, (Event(2, 2.3), shows(2.3))),
        Desktop("one page fades into another", fade, (shows(3),)),
        Desktop("a smooth scroll", smooth, (shows(3.5),)),
        Desktop("a scroll by the wheel", wheel, (shows(2.7),)),
        Desktop("a window is dragged", dragged, (shows(3.2),)),
        Desktop("ten pages in five seconds", lambda t: page(1 + int(t * 2)), each_half, 5),
    ]


def _at_work() -> list[Desktop]:
    base, done = page(1), 8.0

    def bar(picture: Pixels, t: float) -> None:
        box(picture, 600, 500, 620, 22, 255)
        cv2.rectangle(picture, (602, 502), (602 + int(616 * min(1, t / done)), 520), (90,), -1)
        if t >= done:
            dialog(picture, 700, 620, "Installed.")

    def corner(picture: Pixels, t: float) -> None:
        film(picture, t)
        if t >= 5:
            dialog(picture, 500, 200)

    def terminal(t: float) -> Pixels:
        return scrolled(3, 24 * max(0, min(60, int((t - 1) * 20))))

    writing = painted(base, lambda p, t: typed(p, WORDS, t, 1, 8), 1, 7)
    film_runs = painted(base, film, 2, 8)
    return [
        Desktop("a line is typed", writing, (shows(1 + (len(WORDS) - 1) / 8),), 9),
        Desktop("a bar fills, then a dialog", painted(base, bar, 0, done), (shows(done),), 10),
        Desktop("a film runs in a corner", film_runs, (shows(2), shows(8)), 10),
        Desktop("a dialog while a film runs", painted(base, corner), (shows(5),), 8),
        Desktop("a program prints", terminal, (shows(4),), 6),
    ]


def _other_sizes() -> list[Desktop]:
    large, small = page(1, 3840, 2160), page(1, 640, 360)
    notice = on(large, lambda p: box(p, 3400, 60, 400, 110, 250, "Mail from Ann"))
    flash = switched((0, page(1)), (2, on(page(1), dialog)), (2.1, page(1)))
    word = painted(small, lambda p, t: text(p, 180, 277, "wait"[: int((t - 1) * 8) + 1]), 1, 2)
    asked = on(small, lambda p: box(p, 200, 120, 240, 110, 252, "Really?"))
    return [
        Desktop("a notice on a large screen", switched((0, large), (2, notice)), (shows(2),), 5, 15),
        Desktop("a word in a small region", word, (), 5),
        Desktop("a dialog in a small region", switched((0, small), (2, asked)), (shows(2),), 5),
        Desktop("a dialog flashes, ten a second", flash, (Event(2, 2.1),), 5, 10),
    ]


def desktops() -> list[Desktop]:
    """All of them."""
    return [*_calm(), *_dialogs(), *_pages(), *_at_work(), *_other_sizes()]
