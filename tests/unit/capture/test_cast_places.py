"""Which screen a desktop shares, whatever it tells of it."""

from __future__ import annotations

import pytest

from desktop_helper.capture._cast_places import screen_of, unshared
from desktop_helper.capture._wayland_outputs import Output, on_one_desktop
from desktop_helper.core.geometry import Rect

SHARP = Output(1, name="sharp", logical=Rect(0, 0, 960, 540), mode=(1920, 1080))
PLAIN = Output(2, name="plain", logical=Rect(960, 0, 1280, 720), mode=(1280, 720))
TWIN = Output(3, name="twin", logical=Rect(2240, 0, 1280, 720), mode=(1280, 720))


@pytest.mark.parametrize(
    ("told", "size", "name"),
    [
        (Rect(960, 0, 1280, 720), (1280, 720), "plain"),  # GNOME: its own units
        (Rect(0, 0, 1920, 1080), (1920, 1080), "sharp"),  # or pixels
        (Rect(2240, 0, 1280, 720), (1280, 720), "twin"),
        (Rect(2240, 0, 999, 999), (1280, 720), "twin"),  # scaled by the desktop
        (None, (1920, 1080), "sharp"),  # older portals of KDE
        (None, (1280, 720), None),  # it could be either
        (Rect(0, 0, 1280, 720), (640, 360), "sharp"),  # its corner
    ],
)
def test_the_surest_sign_counts(told: Rect | None, size: tuple[int, int], name: str | None) -> None:
    placed = on_one_desktop([SHARP, PLAIN, TWIN], true_size=False)
    found = screen_of(told, size, placed)
    assert (found[0].name if found else None) == name


def test_wlroots_says_the_same_place_of_all() -> None:
    placed = on_one_desktop([SHARP, PLAIN], true_size=False)
    found = screen_of(Rect(0, 0, 1280, 720), (1280, 720), placed)
    assert found == (PLAIN, Rect(1920, 0, 2560, 1440))


def test_the_only_one_there_is() -> None:
    placed = on_one_desktop([SHARP], true_size=False)
    assert screen_of(Rect(7, 7, 7, 7), (5, 5), placed) == placed[0]


def test_what_cannot_be_told_is_not_guessed() -> None:
    placed = on_one_desktop([PLAIN, TWIN], true_size=False)
    assert screen_of(None, (1280, 720), placed) is None


def test_what_would_have_to_be_shared_as_well() -> None:
    placed = on_one_desktop([PLAIN, TWIN], true_size=False)
    assert unshared(Rect(0, 0, 100, 100), ["plain"], placed) == []
    assert unshared(Rect(1200, 0, 200, 100), ["plain"], placed) == ["twin"]
    assert unshared(Rect(1200, 0, 200, 100), [], placed) == ["plain", "twin"]
