"""A picture that was made smaller says so, goes in full by one click, and a part of it by one drag."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from desktop_helper.core.geometry import Rect
from desktop_helper.core.image_parts import parts
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.media_viewer import MediaViewer
from tests.support import sample_files
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk

WIDTH, HEIGHT = 2560, 1440
LIMIT = 1500
WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def screen() -> Frame:
    """Pixels that say where they are."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    pixels = np.dstack([x % 251, y % 241, (x // 64 + y // 64) % 256, x * 0]).astype(np.uint8)
    return Frame(pixels.tobytes(), Rect(0, 0, WIDTH, HEIGHT))


def rgb(frame: Frame) -> np.ndarray:
    return np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 4)[:, :, 2::-1]


@pytest.fixture
def desk(open_desk) -> ChatDesk:
    made = open_desk()
    made.chat.models.max_image_tokens = lambda: LIMIT
    object.__setattr__(made.chat._intake, "max_image_tokens", lambda: LIMIT)
    made.window.resize(700, 600)
    return made


def settled(qtbot, chip: AttachmentChip) -> AttachmentChip:
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    return chip


@pytest.fixture
def chip(qtbot, desk, screen) -> AttachmentChip:
    desk.chat.attach_frame(screen, "Screen")
    return settled(qtbot, desk.composer.chips[0])


def pictures(chip: AttachmentChip) -> list[ImagePart]:
    return [part for part in chip.parts if isinstance(part, ImagePart)]


def pixels(part: ImagePart) -> np.ndarray:
    return np.asarray(sample_files.decoded(part.data).convert("RGB"))


def test_the_chip_tells_both_sizes_and_the_cost(qtbot, chip, desk):
    (part,) = pictures(chip)
    assert chip._detail.full_text == f"2560 × 1440 → {part.width} × {part.height}"
    assert f"2560 × 1440 → {part.width} × {part.height} · {part.tokens:,} tokens" in chip.toolTip()
    assert f"{part.tokens:,} tokens" in chip.accessibleDescription()
    assert "2560 × 1440 → " in desk.composer._estimate.toolTip()


def test_one_click_sends_all_of_it_and_another_one_does_not(qtbot, chip, screen):
    before = chip.parts
    button = next(one for one in chip.buttons if "full detail" in one.accessibleName())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chip.loading
    settled(qtbot, chip)
    overview, *rest = pictures(chip)
    assert overview.full_size == (WIDTH, HEIGHT)
    boxes = parts(WIDTH, HEIGHT, LIMIT)
    assert chip._detail.full_text == f"2560 × 1440 in {len(boxes)} parts"
    for part, (left, top, width, height) in zip(rest, boxes, strict=True):
        assert (pixels(part) == rgb(screen)[top : top + height, left : left + width]).all()
    chip.deeds["detail"].do()
    assert chip.parts == before
    assert chip.deeds["detail"].label == "Send at full detail"


def test_what_was_not_made_smaller_is_not_offered_larger(qtbot, desk):
    desk.chat.attach_frame(Frame(bytes(400 * 300 * 4), Rect(0, 0, 400, 300)), "Region")
    chip = settled(qtbot, desk.composer.chips[0])
    assert list(chip.deeds) == ["look"]
    assert chip._detail.full_text == "400 × 300"
    assert chip not in desk.chat._detail._known, "its pixels are let go"


def test_pixels_of_the_screen_are_kept_as_a_file(qtbot, chip, desk):
    qtbot.waitUntil(lambda: isinstance(desk.chat._detail._known[chip].original, bytes), timeout=WAIT_MS)
    chip.removed.emit()
    qtbot.waitUntil(lambda: not desk.chat._detail._known)


def test_files_and_pasted_pictures_too(qtbot, desk, screen, tmp_path):
    data = sample_files.picture(WIDTH, HEIGHT)
    path = tmp_path / "large.png"
    path.write_bytes(data)
    desk.chat._attach_files([path])
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    desk.chat._attach_picture(image)
    for chip in desk.composer.chips:
        settled(qtbot, chip).deeds["detail"].do()
        assert len(pictures(settled(qtbot, chip))) == 1 + len(parts(WIDTH, HEIGHT, LIMIT))


def test_a_file_that_is_gone_meanwhile_leaves_what_there_is(qtbot, desk, tmp_path):
    path = tmp_path / "large.png"
    path.write_bytes(sample_files.picture(WIDTH, HEIGHT))
    desk.chat._attach_files([path])
    chip = settled(qtbot, desk.composer.chips[0])
    before = chip.parts
    path.unlink()
    chip.deeds["detail"].do()
    settled(qtbot, chip)
    assert (chip.parts, chip.error) == (before, None)
    assert "There is no file" in desk.composer._notice.text()


# --- the viewer ---


def opened(qtbot, desk: ChatDesk) -> MediaViewer:
    viewer = desk.chat._deeds.viewer()
    qtbot.waitUntil(lambda: viewer.isActiveWindow() and viewer._part is not None, timeout=WAIT_MS)
    return viewer


@pytest.fixture
def viewer(qtbot, chip, desk) -> MediaViewer:
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    return opened(qtbot, desk)


def test_enter_looks_at_it_with_size_and_cost(viewer, chip):
    (part,) = pictures(chip)
    assert viewer._part is part
    assert viewer._size.full_text == f"2560 × 1440 → {part.width} × {part.height} · {part.tokens:,} tokens"
    assert viewer._detail.isVisible()


def test_d_in_the_viewer_sends_all_of_it(qtbot, viewer, chip):
    QTest.keyClick(viewer.canvas, Qt.Key.Key_D)
    assert not viewer.isVisible()
    assert len(pictures(settled(qtbot, chip))) > 1


def test_a_drag_adds_a_part_pixel_for_pixel(qtbot, viewer, chip, desk, screen):
    canvas = viewer.canvas
    QTest.keyClick(canvas, Qt.Key.Key_R)
    assert canvas.selecting
    place = canvas._place()
    corner = place.topLeft().toPoint()
    start, end = corner + QPoint(40, 30), corner + QPoint(140, 90)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, end)
    scale = WIDTH / place.width()
    width, height = round(100 * scale), round(60 * scale)
    said = viewer._describe(canvas._part_in(canvas._band))
    assert said.startswith(f"{width} × ")
    assert not canvas.grab().isNull()
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert not viewer.isVisible()
    whole, part = desk.composer.chips
    assert (whole, part.name) == (chip, "Screen, a part")
    (cut,) = pictures(settled(qtbot, part))
    assert abs(cut.width - width) <= 3
    assert abs(cut.height - height) <= 3
    found = pixels(cut)[0, 0].astype(int)
    left, top = (start.x() - place.left()) * scale, (start.y() - place.top()) * scale
    near = rgb(screen)[max(0, round(top) - 3) : round(top) + 4, max(0, round(left) - 3) : round(left) + 4].astype(int)
    assert (np.abs(near - found).sum(axis=2) == 0).any(), "a pixel of the screen, not of the smaller picture"


def test_by_keys_what_is_in_sight_is_the_part(qtbot, viewer, desk):
    for _ in range(8):
        QTest.keyClick(viewer.canvas, Qt.Key.Key_Plus)
    seen = viewer.canvas.in_sight()
    scale = WIDTH / viewer._image.width()
    QTest.keyClick(viewer.canvas, Qt.Key.Key_R)
    assert "Enter takes what is in sight" in viewer._size.full_text
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Return)
    (cut,) = pictures(settled(qtbot, desk.composer.chips[1]))
    full = cut.full_size or (cut.width, cut.height)
    assert full[0] == pytest.approx(seen.width() * scale, abs=3)


def test_escape_steps_back_from_choosing_first(qtbot, viewer, desk):
    QTest.keyClick(viewer.canvas, Qt.Key.Key_R)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert viewer.isVisible()
    assert not viewer.canvas.selecting
    click = viewer.canvas.rect().center()
    qtbot.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=click)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_R)
    qtbot.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=click)
    assert viewer.isVisible(), "a click is no drag"
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    QTest.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert len(desk.composer.chips) == 1


def test_asking_about_what_is_attached_does_not_attach_it_twice(qtbot, viewer, desk):
    viewer._deeds[0].click()
    assert len(desk.composer.chips) == 1


def test_a_part_of_a_picture_of_an_earlier_question(qtbot, desk):
    number = desk.services.history.new_conversation()
    shown = ImagePart(sample_files.picture(600, 400), "image/png", 600, 400, "Region", 300)
    desk.services.history.add_message(number, Message(Role.USER, (shown, TextPart("Why?"))))
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: bool(desk.window.messages.findChildren(AttachmentFrame)))
    qtbot.keyClick(desk.window.messages.findChildren(AttachmentFrame)[0], Qt.Key.Key_Return)
    viewer = opened(qtbot, desk)
    assert not viewer._detail.isVisible()
    viewer.area_asked.emit(viewer._part, (0.25, 0.5, 0.5, 0.25))
    (cut,) = pictures(settled(qtbot, desk.composer.chips[0]))
    assert (cut.width, cut.height) == (300, 100)


def test_everything_in_the_viewer_is_named_and_reached(qtbot, viewer):
    viewer.canvas.setFocus()
    assert [fault for fault in faults(viewer) if "PictureCanvas" not in fault] == []
