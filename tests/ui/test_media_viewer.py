"""Attachments of a message: opened, zoomed, saved, copied, dragged out, asked about again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.services.file_names import file_name, with_suffix
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.media_viewer import MediaViewer
from tests.support.chat_desk import ChatDesk
from tests.ui.picture_messages import chart

CHART = ImagePart(chart(), "image/png", 812, 460, "Region", 400)
LOG = FilePart(b"first line\nsecond", "text/plain", "server.log", "first line\nsecond")
BROKEN = ImagePart(b"not a picture", "image/png", 10, 10, "Broken", 1)
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(qtbot, open_desk, monkeypatch) -> ChatDesk:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)  # this platform says that it cannot
    made = open_desk()
    conversation = made.services.history.new_conversation()
    question = Message(Role.USER, (CHART, LOG, BROKEN, TextPart("Why?")))
    made.services.history.add_message(conversation, question)
    made.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: len(frames(made)) == 3)
    return made


def frames(desk: ChatDesk) -> list[AttachmentFrame]:
    return desk.window.messages.findChildren(AttachmentFrame)


def open_viewer(qtbot, desk: ChatDesk, place: int = 0) -> MediaViewer:
    qtbot.keyClick(frames(desk)[place], Qt.Key.Key_Return)
    viewer = desk.chat._deeds._viewer
    assert viewer is not None
    assert viewer.isVisible()
    qtbot.waitUntil(lambda: viewer._part is not None)
    return viewer


def test_a_click_opens_a_picture_in_its_true_size_and_escape_closes_it(qtbot, desk):
    qtbot.mouseClick(frames(desk)[0], Qt.MouseButton.LeftButton)
    viewer = desk.chat._deeds._viewer
    qtbot.waitUntil(lambda: viewer._part is not None)
    assert viewer._part == CHART
    assert (viewer._name.full_text, viewer._size.full_text) == ("Region", "812 × 460 · 400 tokens")
    assert viewer._pages.currentWidget() is viewer.canvas
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert desk.window.isVisible()


def test_zoom_with_keys_and_wheel(qtbot, desk):
    canvas = open_viewer(qtbot, desk).canvas
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.zoom == 1.0
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.zoom == pytest.approx(1.25**2)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == pytest.approx(1.25)
    at = QPointF(30, 40)
    held = canvas.centre + (at - QPointF(canvas.rect().center())) / canvas.zoom
    wheel = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    assert canvas.zoom == pytest.approx(1.25**3)
    now = canvas.centre + (at - QPointF(canvas.rect().center())) / canvas.zoom
    assert (now - held).manhattanLength() < 2
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.fitted


def test_a_picture_is_moved_by_drag_and_arrows_no_further_than_its_edges(qtbot, desk):
    canvas = open_viewer(qtbot, desk).canvas
    canvas.zoom_to(4.0)
    before = canvas.centre
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.centre.x() > before.x()
    before = canvas.centre
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(140, 130))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 130))
    assert (canvas.centre - before) == QPointF(-10, -7.5)
    for _ in range(200):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.centre.y() + canvas.height() / 2 / 4.0 == pytest.approx(460)


def test_the_others_of_the_message_are_a_key_away(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    assert not viewer._others[0].isEnabled()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: viewer._part == LOG)
    assert viewer.text.toPlainText() == "first line\nsecond"
    assert not any(button.isVisible() for button in viewer._zooms)
    viewer._others[1].click()
    qtbot.waitUntil(lambda: viewer._problem.text() == "This picture cannot be read.")
    assert not viewer._others[1].isEnabled()
    qtbot.keyClick(viewer, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: viewer._part == LOG)


def test_that_another_moment_is_shown_stands_beside_its_size_until_the_next(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    size = viewer._size.full_text
    desk.window.messages.moment_missed.emit(12.0, 10.4)
    note = "No frame of 0:12 was sent; this is the next one to it, 0:10."
    assert viewer._size.full_text == f"{note} · {size}"
    viewer._step(1)
    assert note not in viewer._size.full_text


def test_copy_gives_the_picture_or_the_text(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    viewer.activateWindow()
    qtbot.waitUntil(viewer.isActiveWindow)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_C, CTRL)
    copied = QApplication.clipboard().image()
    assert (copied.width(), copied.height()) == (812, 460)
    viewer._step(1)
    qtbot.waitUntil(lambda: viewer._part == LOG)
    viewer._deeds[1].click()
    assert QApplication.clipboard().text() == "first line\nsecond"


def test_save_as_writes_the_very_bytes(qtbot, desk, tmp_path, monkeypatch):
    viewer = open_viewer(qtbot, desk)
    offered = []

    def choose(_parent, _title, name):
        offered.append(name)
        return str(tmp_path / Path(name).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    viewer._deeds[2].click()
    qtbot.waitUntil(lambda: "Region.png" in viewer._size.full_text)
    assert offered == [str(Path.home() / "Region.png")]
    assert (tmp_path / "Region.png").read_bytes() == CHART.data


def test_a_name_that_is_typed_without_an_ending_gets_it(qtbot, desk, tmp_path, monkeypatch):
    viewer = open_viewer(qtbot, desk)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    viewer._deeds[2].click()
    qtbot.waitUntil(lambda: "mine.png" in viewer._size.full_text)
    assert [path.name for path in tmp_path.glob("mine*")] == ["mine.png"]


def test_a_place_that_cannot_be_written_is_a_sentence(qtbot, desk, tmp_path, monkeypatch):
    viewer = open_viewer(qtbot, desk)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "a.png"), ""))
    viewer._deeds[2].click()
    qtbot.waitUntil(lambda: "cannot be written" in viewer._problem.text())


def test_asking_about_it_again_puts_it_into_the_composer(qtbot, desk):
    desk.composer.edit.setPlainText("And the blue one?")
    viewer = open_viewer(qtbot, desk)
    viewer._deeds[0].click()
    assert desk.composer.media == (CHART,)
    assert desk.composer.edit.toPlainText() == "And the blue one?"
    assert not viewer.isVisible()


@pytest.fixture
def dragged(monkeypatch):
    """The files that were dragged, with their bytes."""
    found: list[tuple[str, bytes]] = []

    def drag(self, _actions):
        path = Path(self.mimeData().urls()[0].toLocalFile())
        found.append((path.name, path.read_bytes()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drag)
    return found


def pull(qtbot, widget) -> None:
    at = widget.rect().center()
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=at)
    for by in (2, 20, 40):
        qtbot.mouseMove(widget, at + QPoint(by, 0))
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))


def test_a_thumbnail_is_dragged_out_as_a_file(qtbot, desk, dragged):
    pull(qtbot, frames(desk)[0])
    pull(qtbot, frames(desk)[1])
    assert dragged == [("Region.png", CHART.data), ("server.log", LOG.data)]
    assert desk.chat._deeds._viewer is None
    folder = desk.chat._deeds.source._folder
    assert folder.exists()
    desk.close()
    assert not folder.exists()


def test_the_name_in_the_viewer_is_dragged_out_too(qtbot, desk, dragged):
    viewer = open_viewer(qtbot, desk)
    pull(qtbot, viewer._name)
    assert dragged == [("Region.png", CHART.data)]


def test_the_viewer_steps_aside_with_the_chat(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    desk.window.hide()
    assert not viewer.isVisible()
    desk.window.show()
    assert viewer.isVisible()
    viewer.close()
    desk.window.hide()
    desk.window.show()
    assert not viewer.isVisible()


def test_what_is_gone_from_the_disk_is_a_sentence(qtbot, desk):
    blobs = desk.paths.blob_dir
    (blobs / LOG.sha256[:2] / LOG.sha256).unlink()
    qtbot.keyClick(frames(desk)[1], Qt.Key.Key_Space)
    viewer = desk.chat._deeds._viewer
    qtbot.waitUntil(lambda: "server.log is missing" in viewer._problem.text())
    assert not any(button.isEnabled() for button in viewer._deeds)


def test_everything_has_a_name(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    for button in (*viewer._others, *viewer._zooms, *viewer._deeds):
        assert button.accessibleName()
        assert button.toolTip()
    assert [frame.accessibleName() for frame in frames(desk)] == [
        "Picture: Region",
        "File: server.log",
        "Picture: Broken",
    ]


@pytest.mark.parametrize(
    ("name", "mime", "expected"),
    [
        ("Region", "image/png", "Region.png"),
        ("photo.JPEG", "image/jpeg", "photo.JPEG"),
        ("scan.webp", "image/png", "scan.webp.png"),
        ("../../etc/passwd", "image/png", "_.._etc_passwd.png"),
        ("report.pdf, page 3", "image/jpeg", "report.pdf, page 3.jpg"),
        ("CON", "image/png", "_CON.png"),
        ("a" * 300, "image/png", "a" * 80 + ".png"),
        ("\x00 . ", "image/png", "_.png"),
        ("notes.TXT", "text/plain", "notes.TXT"),
        ("Makefile", "text/plain", "Makefile"),
        (".bashrc", "text/plain", "bashrc"),
        ("report.docx", "text/markdown", "report.docx.md"),
        ("report.docx, text 1 of 3", "text/markdown", "report.docx, text 1 of 3.md"),
        ("README.MD", "text/markdown", "README.MD"),
        ("报告.pdf，各页文字", "text/plain", "报告.pdf，各页文字.txt"),
        ("project, files in it", "text/plain", "project, files in it.txt"),
        ("a." + "b" * 300, "text/plain", "a." + "b" * 78 + ".txt"),
        ("film.mkv", "video/x-clip", "film.mkv.mp4"),
    ],
)
def test_names_become_names_of_files(name, mime, expected):
    part = ImagePart(b"", mime, 1, 1, name, 1) if mime.startswith("image/") else FilePart(b"", mime, name, "")
    assert file_name(part) == expected


def test_a_suffix_is_added_to_a_new_name_only(tmp_path):
    assert with_suffix(tmp_path / "a", "b.png") == tmp_path / "a.png"
    assert with_suffix(tmp_path / "a.jpg", "b.png") == tmp_path / "a.jpg"
    assert with_suffix(tmp_path / "a", "Makefile") == tmp_path / "a"
    (tmp_path / "a.png").write_bytes(b"another one")
    assert with_suffix(tmp_path / "a", "b.png") == tmp_path / "a"
    (tmp_path / "c").write_bytes(b"which may be written over, as the dialog has asked")
    assert with_suffix(tmp_path / "c", "b.png") == tmp_path / "c"


def test_a_null_picture_does_no_harm(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    viewer.canvas.set_image(QImage())
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_Left):
        qtbot.keyClick(viewer.canvas, key)
    assert not viewer.grab().isNull()


def test_a_text_without_end_is_cut_and_says_so(qtbot, desk):
    viewer = open_viewer(qtbot, desk)
    long = FilePart(b"x", "text/plain", "long.txt", "line\n" * 300_000)
    viewer.open((long,), 0)
    qtbot.waitUntil(lambda: viewer._part == long)
    assert viewer.text.toPlainText().endswith("… and 500,000 more characters: save the file to read them.")
