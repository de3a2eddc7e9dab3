"""Attachments change places by drag and by keyboard, and their order is the order sent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTextEdit, QVBoxLayout, QWidget

from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.services.question_estimate import Estimate
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.theme import Theme
from tests.support import sample_files

ALT = Qt.KeyboardModifier.AltModifier
PICTURE = sample_files.picture()


def part(name: str):
    if name.endswith(".txt"):
        return FilePart(b"x", "text/plain", name, "x")
    return ImagePart(PICTURE, "image/png", 4, 4, name, 1)


@pytest.fixture
def composer(qtbot):
    Theme.current("light")
    widget = Composer()
    qtbot.addWidget(widget)
    widget.resize(420, 200)
    widget.show()
    widget.activateWindow()
    qtbot.waitExposed(widget)
    for name in ("a.png", "b.txt", "c.png"):
        widget.add_chip(name).set_ready((part(name),))
    widget.edit.setFocus()
    qtbot.waitUntil(widget.edit.hasFocus)
    return widget


def order(composer) -> str:
    return "".join(one.name[0] for one in composer.media)


def focused(composer) -> str:
    return next((chip.name[0] for chip in composer._chips if chip.hasFocus()), "")


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def test_backspace_in_an_empty_field_goes_to_the_last_one(qtbot, composer):
    qtbot.keyClicks(composer.edit, "x")
    press(qtbot, Qt.Key.Key_Backspace)
    assert composer.edit.hasFocus()
    press(qtbot, Qt.Key.Key_Backspace)
    assert focused(composer) == "c"
    press(qtbot, Qt.Key.Key_Backspace)
    assert (order(composer), focused(composer)) == ("ab", "b")
    press(qtbot, Qt.Key.Key_Delete)
    press(qtbot, Qt.Key.Key_Delete)
    assert order(composer) == ""
    assert composer.edit.hasFocus()


def test_the_keyboard_goes_on_to_the_next_one_and_then_to_the_one_before(qtbot, composer):
    composer._chips[0].setFocus()
    press(qtbot, Qt.Key.Key_Delete)
    assert focused(composer) == "b"


def test_alt_and_arrows_move_the_focused_one_and_that_is_how_they_are_sent(qtbot, composer):
    sent = []
    composer.submitted.connect(lambda _text, media: sent.append("".join(one.name[0] for one in media)))
    composer._chips[2].setFocus()
    press(qtbot, Qt.Key.Key_Left, ALT)
    assert (order(composer), focused(composer)) == ("acb", "c")
    press(qtbot, Qt.Key.Key_Left, ALT)
    press(qtbot, Qt.Key.Key_Left, ALT)  # it is the first one already
    assert order(composer) == "cab"
    press(qtbot, Qt.Key.Key_Right, ALT)
    assert order(composer) == "acb"
    composer.submit()
    assert sent == ["acb"]


def test_arrows_go_along_the_chips_and_back_to_the_text(qtbot, composer):
    composer._chips[0].setFocus()
    press(qtbot, Qt.Key.Key_Right)
    assert focused(composer) == "b"
    press(qtbot, Qt.Key.Key_End)
    assert focused(composer) == "c"
    press(qtbot, Qt.Key.Key_Home)
    assert focused(composer) == "a"
    press(qtbot, Qt.Key.Key_Left)
    assert focused(composer) == "a"
    press(qtbot, Qt.Key.Key_Down)
    assert composer.edit.hasFocus()
    composer._chips[2].setFocus()
    press(qtbot, Qt.Key.Key_Right)
    assert composer.edit.hasFocus()
    composer._chips[2].setFocus()
    press(qtbot, Qt.Key.Key_Escape)
    assert composer.edit.hasFocus()


def test_what_is_typed_on_a_chip_is_meant_for_the_question(qtbot, composer):
    composer._chips[1].setFocus()
    press(qtbot, Qt.Key.Key_W)
    assert composer.edit.toPlainText() == "w"
    assert composer.edit.hasFocus()


def test_tab_goes_through_them_as_they_stand(qtbot, composer):
    composer._shelf.move_chip(composer._chips[2], 0)
    composer._chips[0].setFocus()
    seen = []
    for _number in range(7):
        seen.append(focused(composer))
        press(qtbot, Qt.Key.Key_Tab)
    assert [name for name in seen if name] == ["c", "a", "b"]
    assert composer._chips[0].accessibleDescription().startswith("1 of 3.")


def drag(qtbot, chip, to: QPoint) -> None:
    """From a chip's middle to a point of its parent, in steps as a hand does it."""
    qtbot.mousePress(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center())
    start = chip.mapToParent(chip.rect().center())
    for step in range(1, 9):
        at = start + (to - start) * step / 8
        qtbot.mouseMove(chip, chip.mapFromParent(at))
    qtbot.mouseRelease(chip, Qt.MouseButton.LeftButton, pos=chip.mapFromParent(to))


def test_dragging_moves_one_to_where_it_is_dropped(qtbot, composer):
    first, _second, third = list(composer._chips)
    drag(qtbot, first, third.geometry().center() + QPoint(10, 0))
    assert order(composer) == "bca"
    drag(qtbot, first, QPoint(1, composer._chips[0].geometry().center().y()))
    assert order(composer) == "abc"
    left = [chip.geometry().left() for chip in composer._chips if chip.y() == composer._chips[0].y()]
    assert left == sorted(left)
    assert composer.edit.hasFocus(), "Enter is to send the question, not to open what was dragged"


def test_a_click_is_no_drag(qtbot, composer):
    chip = composer._chips[1]
    drag(qtbot, chip, chip.geometry().center() + QPoint(3, 0))
    assert order(composer) == "abc"


@pytest.mark.parametrize(("width", "count"), [(300, 1), (300, 2), (420, 1), (420, 3)])
def test_every_row_is_seen_also_when_chips_grow_while_they_are_read(qtbot, composer, width, count):
    composer.submit()
    composer.resize(width, 640)
    chips = [composer.add_chip(f"{number}.png") for number in range(count)]
    qtbot.wait(20)
    for chip in chips:
        chip.set_name("A name that takes more room.png")
        chip.set_ready((part("a.png"),))
    qtbot.waitUntil(lambda: rows(composer) == count)
    qtbot.waitUntil(lambda: composer._shelf.height() >= count * chips[0].height() + (count - 1) * 8)
    assert not composer._shelf.verticalScrollBar().isVisible()


def rows(composer) -> int:
    return len({chip.y() for chip in composer._chips})


def test_in_a_low_window_there_is_one_row_and_a_scroll_bar(qtbot, composer):
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(QTextEdit(), 1)
    layout.addWidget(composer)
    window.resize(300, 640)
    window.show()
    qtbot.waitUntil(lambda: composer._shelf.height() > 2 * composer._chips[0].height())
    window.resize(300, 340)
    qtbot.waitUntil(lambda: composer._shelf.height() == composer._chips[0].height())
    assert composer._shelf.verticalScrollBar().maximum() > 0
    composer.setParent(None)  # the window goes without it


def test_a_paste_may_hold_several_files_of_several_kinds(qtbot, composer, tmp_path):
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("1.png", "2.pdf", "3.txt")])
    source.setText("file:///1.png")
    with qtbot.waitSignal(composer.files_pasted) as files:
        composer.edit.insertFromMimeData(source)
    assert [path.name for path in files.args[0]] == ["1.png", "2.pdf", "3.txt"]
    assert composer.edit.toPlainText() == ""


def rich_text_with_a_picture() -> QMimeData:
    source = QMimeData()
    source.setText("1\t2")
    source.setHtml("<table><tr><td>1</td><td>2</td></tr></table>")
    source.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    return source


def test_a_picture_of_pasted_text_is_only_offered(qtbot, composer):
    with qtbot.assertNotEmitted(composer.picture_pasted):
        composer.edit.insertFromMimeData(rich_text_with_a_picture())
    assert composer.edit.toPlainText() == "1\t2"
    assert composer.offer.isVisible()
    with qtbot.waitSignal(composer.picture_pasted):
        composer.offer.button.click()
    assert not composer.offer.isVisible()


@pytest.mark.parametrize("end", ["typed on", "closed", "sent"])
def test_the_offer_ends_with_the_next_thing_that_is_done(qtbot, composer, end):
    composer.edit.insertFromMimeData(rich_text_with_a_picture())
    if end == "typed on":
        qtbot.keyClicks(composer.edit, "!")
    elif end == "closed":
        composer.offer.close_button.click()
    else:
        composer.submit()
    assert not composer.offer.isVisible()


@pytest.mark.parametrize("text", ["", "https://example.org/a.png"])
def test_a_picture_that_a_browser_copies_is_a_picture(qtbot, composer, text):
    source = QMimeData()
    source.setHtml('<meta charset="utf-8"><!--StartFragment--><img src="https://example.org/a.png"><!--EndFragment-->')
    if text:
        source.setText(text)
    source.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(composer.picture_pasted):
        composer.edit.insertFromMimeData(source)


def test_undo_brings_a_sent_question_back_once(qtbot, composer):
    qtbot.keyClicks(composer.edit, "Asked?")
    press(qtbot, Qt.Key.Key_Return)
    assert composer.edit.toPlainText() == ""
    for _number in range(3):
        press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert composer.edit.toPlainText() == "Asked?"


def test_the_estimate_tells_its_parts(composer):
    composer.set_context(Estimate(900, "", limit=1000))
    composer.edit.setPlainText("x" * 700)
    told = composer._estimate.toolTip()
    for line in ("Conversation so far: 900 tokens", "a.png, 4 × 4: 1 token", "The server will probably refuse this"):
        assert line in told
        assert line in composer._estimate.accessibleDescription()
