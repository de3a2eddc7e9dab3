"""Draws things and what is behind them, with OpenCV: a few hundredths of a millisecond each.

Pictures are RGB, uint8, height x width x 3. All chance comes from the `random.Random` that is handed in.
"""

from __future__ import annotations

import colorsys
import math
from functools import cache
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from training.things import BUTTON, CHECKBOX, FIELD, SHADES, WINDOW, Thing

Picture = npt.NDArray[np.uint8]
Rgb = tuple[int, int, int]
_SMOOTH = cv2.LINE_AA
_LABELS = ("OK", "Save", "Open", "Close", "Send", "Next", "Back", "Yes", "No", "Help", "Edit", "Copy", "Run", "Stop")


def shade(colour: int, random: Random) -> Rgb:
    """A colour that people call by this name."""
    hue, saturation, lightness = (random.uniform(*limits) for limits in SHADES[colour])
    red, green, blue = colorsys.hls_to_rgb(hue / 360 % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def draw(picture: Picture, thing: Thing, random: Random) -> None:
    """Draw one thing into `picture`."""
    colour = shade(thing.colour, random)
    box = tuple(round(value) for value in thing.box)
    if thing.kind in _WIDGETS:
        _WIDGETS[thing.kind](picture, box, colour, random)
    else:
        points, rounded = _outline(thing.kind, *thing.box)
        if rounded:
            _ellipse(picture, thing.box, colour)
        else:
            cv2.fillPoly(picture, [points], colour, _SMOOTH, 4)


def _ellipse(picture: Picture, box: tuple[float, ...], colour: Rgb) -> None:
    """A circle to a sixteenth of a pixel, which OpenCV calls a shift of four bits."""
    centre = round((box[0] + box[2]) * 8), round((box[1] + box[3]) * 8)
    cv2.circle(picture, centre, round((box[2] - box[0]) * 8), colour, -1, _SMOOTH, 4)


def _outline(kind: int, left: float, top: float, right: float, bottom: float) -> tuple[Any, bool]:
    unit, rounded = _unit_outline(kind)
    points = unit * (right - left, bottom - top) + (left, top)
    return np.rint(points * 16).astype(np.int32), rounded


@cache
def _unit_outline(kind: int) -> tuple[Any, bool]:
    """The corners of a shape in a square of side 1, which it fills; and whether it is round instead."""
    if kind == 0:
        return np.zeros((1, 2)), True
    if kind == 3:
        turns = [-math.pi / 2 + index * math.pi / 5 for index in range(10)]
        corners = [(math.cos(turn) * (0.4, 1)[index % 2 == 0], math.sin(turn) * (0.4, 1)[index % 2 == 0])
                   for index, turn in enumerate(turns)]  # fmt: skip
        star = np.array(corners)
        low, high = star.min(axis=0), star.max(axis=0)
        return (star - low) / (high - low), False
    near, far = 0.34, 0.66
    corners_of: dict[int, list[tuple[float, float]]] = {
        1: [(0, 0), (1, 0), (1, 1), (0, 1)],
        2: [(0.5, 0), (1, 1), (0, 1)],
        4: [(near, 0), (far, 0), (far, near), (1, near), (1, far), (far, far),
            (far, 1), (near, 1), (near, far), (0, far), (0, near), (near, near)],
    }  # fmt: skip
    return np.array(corners_of[kind]), False


def _button(picture: Picture, box: tuple[int, ...], colour: Rgb, random: Random) -> None:
    left, _, right, bottom = box
    radius = random.choice((2, 4, 6))
    _rounded(picture, box, radius, colour)
    if random.random() < 0.4:
        cv2.line(picture, (left + radius, bottom - 1), (right - radius, bottom - 1), _darker(colour, 0.6), 1)
    _label(picture, random.choice(_LABELS), box, _readable_on(colour))


def _field(picture: Picture, box: tuple[int, ...], colour: Rgb, random: Random) -> None:
    left, top, right, bottom = box
    light = random.random() < 0.8
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), (255, 255, 255) if light else (38, 40, 44), -1)
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), colour, 2)
    ink = (70, 70, 70) if light else (200, 200, 200)
    middle = (top + bottom) // 2
    written = random.uniform(0, 0.7) * (right - left - 16)
    if written > 8:
        cv2.line(picture, (left + 7, middle), (left + 7 + int(written), middle), ink, 2)
    cv2.line(picture, (left + 9 + int(written), top + 5), (left + 9 + int(written), bottom - 6), ink, 1)


def _checkbox(picture: Picture, box: tuple[int, ...], colour: Rgb, random: Random) -> None:
    left, top, right, bottom = box
    side = right - left
    ticked = random.random() < 0.5
    if ticked:
        _rounded(picture, box, 2, colour)
    else:
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), (255, 255, 255), -1)
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), colour, max(2, side // 8))
    tick = np.array([(0.22, 0.52), (0.42, 0.74), (0.80, 0.28)]) * side + (left, top)
    if ticked:
        cv2.polylines(picture, [np.rint(tick).astype(np.int32)], False, (255, 255, 255), max(2, side // 9), _SMOOTH)


def _window(picture: Picture, box: tuple[int, ...], colour: Rgb, random: Random) -> None:
    left, top, right, bottom = box
    bar = min(16, max(9, (bottom - top) // 5))
    body = random.choice(((250, 250, 250), (240, 240, 242), (225, 228, 232), (48, 50, 54)))
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), body, -1)
    cv2.rectangle(picture, (left, top), (right - 1, top + bar), colour, -1)
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), _darker(colour, 0.7), 1)
    for index in range(random.choice((1, 3))):
        centre = right - 7 - 8 * index, top + bar // 2
        cv2.circle(picture, centre, 2, _readable_on(colour), -1)
    ink = _darker(body, 0.8) if body[0] > 100 else (90, 92, 96)
    for line in range(random.randint(0, 3)):
        y = top + bar + 8 + 9 * line
        if y < bottom - 5:
            cv2.line(picture, (left + 6, y), (left + 6 + int((right - left - 14) * random.uniform(0.3, 1)), y), ink, 2)


_WIDGETS = {BUTTON: _button, FIELD: _field, CHECKBOX: _checkbox, WINDOW: _window}


def _rounded(picture: Picture, box: tuple[int, ...], radius: int, colour: Rgb) -> None:
    left, top, right, bottom = box
    cv2.rectangle(picture, (left + radius, top), (right - 1 - radius, bottom - 1), colour, -1)
    cv2.rectangle(picture, (left, top + radius), (right - 1, bottom - 1 - radius), colour, -1)
    for x in (left + radius, right - 1 - radius):
        for y in (top + radius, bottom - 1 - radius):
            cv2.circle(picture, (x, y), radius, colour, -1, _SMOOTH)


def _label(picture: Picture, text: str, box: tuple[int, ...], ink: Rgb) -> None:
    left, top, right, bottom = box
    scale = min(0.5, (bottom - top) / 48)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    at = (left + right - width) // 2, (top + bottom + height) // 2
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, _SMOOTH)


def _readable_on(colour: Rgb) -> Rgb:
    bright = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] > 150
    return (20, 20, 20) if bright else (255, 255, 255)


def _darker(colour: Rgb, factor: float) -> Rgb:
    return int(colour[0] * factor), int(colour[1] * factor), int(colour[2] * factor)
