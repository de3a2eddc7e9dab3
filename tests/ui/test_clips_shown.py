"""A video among the attachments: one chip, one thumbnail, its length and how many of its frames go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, Moment
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.thumbnails import Picture, Thumbnails
from tests.support import sample_files

WORDS = "clip.mkv is a video of 0:40.0; 3 of its 1,200 frames are attached, each followed by its time."
NOTE = FilePart(WORDS.encode(), NOTE_MIME, "3 of 1,200 frames of clip.mkv", WORDS)


def frame(at: float, name: str = "clip.mkv") -> ImagePart:
    data = sample_files.picture(280, 140)
    return ImagePart(data, "image/png", 280, 140, f"{name}, {at}", 50, Moment(name, at, 40.2, 1200))


CLIP = (NOTE, frame(0), frame(5.5), frame(40.1))


@pytest.fixture(autouse=True)
def light() -> None:
    Theme.current("light")


def test_the_chip_tells_length_and_frames_and_the_notice_what_is_left_out(qtbot):
    composer = Composer()
    qtbot.addWidget(composer)
    composer.show()
    chip = composer.add_chip("clip.mkv")
    chip.set_ready(CLIP)
    assert "0:40 · 3 of 1,200 frames" in [label.full_text for label in chip.findChildren(ElidedLabel)]
    assert WORDS in [label.text() for label in composer.findChildren(QLabel) if label.isVisible()]


def test_several_videos_share_a_notice(qtbot):
    composer = Composer()
    qtbot.addWidget(composer)
    composer.show()
    for name in ("clip.mkv", "other.mkv"):
        composer.add_chip(name).set_ready(CLIP)
    shown = [label.text() for label in composer.findChildren(QLabel) if label.isVisible()]
    assert "Of 2 videos some frames each are attached, with their times." in shown
    assert WORDS not in shown


def test_a_video_is_one_thumbnail_and_opens_at_its_first_frame(qtbot):
    still = ImagePart(sample_files.picture(50, 50), "image/png", 50, 50, "Region", 8)
    shown = Thumbnails((*CLIP, still, frame(0, "b.mkv"), frame(1, "b.mkv")))
    qtbot.addWidget(shown)
    shown.resize(500, 300)
    shown.show()
    frames = shown.findChildren(AttachmentFrame)
    assert [one.accessibleName() for one in frames] == [
        "File: 3 of 1,200 frames of clip.mkv",
        "Video: clip.mkv, 0:40",
        "Picture: Region",
        "Video: b.mkv, 0:40",
    ]
    opened: list[int] = []
    shown.opened.connect(opened.append)
    for one in frames:
        qtbot.keyClick(one, Qt.Key.Key_Return)
    assert opened == [0, 1, 4, 5]


def test_the_length_stands_on_a_ground_of_its_own(qtbot):
    picture = Picture(frame(0), QSize(246, 160))
    qtbot.addWidget(picture)
    picture.show()
    image = picture.grab().toImage()
    dark = [QColor(image.pixel(x, image.height() - 10)).lightness() for x in range(8, 40)]
    assert min(dark) < 90
