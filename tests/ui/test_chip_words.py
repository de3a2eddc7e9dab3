"""On a chip, how much of a file goes is whole, or ends where a word does; its name gives way first."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, Moment
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.theme import Theme
from tests.support import sample_files

COMPACT, LARGE = 420, 900
NAME = "A holiday in the mountains with everybody 2026.mp4"


def film(part: tuple[float, float] | None = (12.0, 80.0)):
    note = FilePart(b"x", NOTE_MIME, NAME, "x")
    frames = [
        ImagePart(sample_files.picture(), "image/png", 4, 4, f"{NAME} {at}", 1, Moment(NAME, at, 90.0, 37, part))
        for at in range(4)
    ]
    return (note, *frames)


@pytest.fixture
def chip_in(qtbot):
    Theme.current("light")

    def make(width: int, right_to_left: bool = False):
        composer = Composer()
        qtbot.addWidget(composer)
        if right_to_left:
            composer.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        composer.resize(width, 300)
        composer.show()
        qtbot.waitExposed(composer)
        return composer, composer.add_chip(NAME)

    return make


@pytest.mark.parametrize("width", [COMPACT, LARGE])
@pytest.mark.parametrize("right_to_left", [False, True])
def test_what_goes_is_whole_in_both_windows(qtbot, chip_in, width: int, right_to_left: bool) -> None:
    _composer, chip = chip_in(width, right_to_left)
    chip.set_ready(film())
    qtbot.waitUntil(lambda: chip._detail.text() == "0:12 – 1:20 · 4 of 37 frames")
    assert "…" in chip._name.text()
    name, words = chip._name.geometry(), chip._detail.geometry()
    assert not name.intersects(words)
    assert (words.left() > name.left()) is not right_to_left
    assert chip.rect().contains(name.united(words))


def test_it_comes_back_when_there_is_room_again(qtbot, chip_in) -> None:
    composer, chip = chip_in(300)
    chip.set_ready(film())
    qtbot.waitUntil(lambda: chip._detail.text() == "0:12 – 1:20")
    composer.resize(LARGE, 300)
    qtbot.waitUntil(lambda: chip._detail.text() == "0:12 – 1:20 · 4 of 37 frames")
    assert len(chip._name.text()) > 15


def test_a_reason_is_no_longer_than_before(qtbot, chip_in) -> None:
    _composer, chip = chip_in(LARGE)
    chip.set_failed(HelperError(ErrorKind.SOURCE, f"{NAME} is damaged and cannot be read to its end."))
    qtbot.waitUntil(lambda: chip._detail.text().startswith("is damaged and"))
    assert chip._detail.text().removesuffix("…") in chip._detail.full_text
    chip.set_ready(film())
    qtbot.waitUntil(lambda: chip._detail.text() == "0:12 – 1:20 · 4 of 37 frames")


@pytest.mark.parametrize(
    "text", ["20 of 1,500 pages", "2560 × 1440 → 1024 × 576", "已选 20/1,500 页", "1:02:03 · reading…"]
)
def test_no_number_is_cut(qtbot, text: str) -> None:
    label = ElidedLabel(text, at=Qt.TextElideMode.ElideRight, between=" · ")
    qtbot.addWidget(label)
    label.show()
    numbers = re.findall(r"[0-9.,:]+", text)
    for width in range(label.sizeHint().width(), 20, -1):
        label.resize(width, 20)
        shown = label.text()
        kept = re.findall(r"[0-9.,:]+", shown)
        assert kept == numbers[: len(kept)], (width, shown)
        assert label.fontMetrics().horizontalAdvance(shown) <= width
    assert label.text() != text, "it was cut at last"
