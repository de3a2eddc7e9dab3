"""The composer: what is typed, pasted and attached is what is submitted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QImageWriter, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel

from desktop_helper.core import documents
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Reference, Unit
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.many_files import referred
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, Thinking
from desktop_helper.core.notes import note
from desktop_helper.services.question_estimate import Estimate
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.theme import Theme


def picture(name="Region"):
    image = QImage(56, 28, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return ImagePart(bytes(data.data()), "image/png", 56, 28, name, 8)


@pytest.fixture
def composer(qtbot):
    Theme.current("light")
    widget = Composer()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def sent(composer):
    got = []
    composer.submitted.connect(lambda text, parts: got.append((text, parts)))
    return got


def test_enter_sends_the_text_and_empties_the_field(qtbot, composer, sent):
    qtbot.keyClicks(composer.edit, "What is this?")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == [("What is this?", ())]
    assert composer.edit.toPlainText() == ""


def test_shift_enter_breaks_the_line(qtbot, composer, sent):
    qtbot.keyClicks(composer.edit, "one")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.edit, "two")
    assert not sent
    assert composer.edit.toPlainText() == "one\ntwo"


def test_enter_belongs_to_the_input_method_while_it_composes(qtbot, composer, sent):
    QApplication.sendEvent(composer.edit, QInputMethodEvent("ni hao", []))
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not sent
    committed = QInputMethodEvent("", [])
    committed.setCommitString("你好")
    QApplication.sendEvent(composer.edit, committed)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert [text.strip() for text, _ in sent] == ["你好"]


def test_nothing_is_sent_from_an_empty_field(qtbot, composer, sent):
    qtbot.keyClicks(composer.edit, "   ")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not sent


def test_a_picture_alone_can_be_sent(qtbot, composer, sent):
    part = picture()
    composer.add_chip("Region").set_ready((part,))
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == [("", (part,))]


def test_enter_waits_for_a_file_that_is_still_being_read(qtbot, composer, sent):
    chip = composer.add_chip("report.pdf")
    qtbot.keyClicks(composer.edit, "Summarise")
    assert composer._notice.text() == ""
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not sent
    assert "as soon as everything has been read" in composer._notice.text()
    part = FilePart(b"x", "text/plain", "report.txt", "x")
    chip.set_ready((part,))
    assert sent == [("Summarise", (part,))]
    assert composer._notice.text() == ""


def test_that_it_waits_is_said_until_the_last_file_has_been_read(qtbot, composer, sent):
    chips = [composer.add_chip("one.pdf"), composer.add_chip("two.pdf")]
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    chips[1].set_ready((picture(),))
    assert "as soon as everything has been read" in composer._notice.text()
    chips[0].set_ready((picture(),))
    assert len(sent) == 1


@pytest.mark.parametrize("change", ["text", "chip taken back", "chip added"])
def test_a_question_that_is_changed_while_it_waits_is_not_sent_by_itself(qtbot, composer, sent, change):
    chip = composer.add_chip("report.pdf")
    qtbot.keyClicks(composer.edit, "Summarise")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    if change == "text":
        qtbot.keyClicks(composer.edit, " this")
    elif change == "chip added":
        composer.add_chip("more.pdf").set_ready((picture(),))
    else:
        chip.removed.emit()
        chip = composer.add_chip("other.pdf")
    chip.set_ready((picture(),))
    assert not sent
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert len(sent) == 1


def test_a_question_does_not_go_without_the_file_that_it_waited_for(qtbot, composer, sent):
    chip = composer.add_chip("broken.pdf")
    qtbot.keyClicks(composer.edit, "Summarise")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    chip.set_failed(HelperError(ErrorKind.SOURCE, "broken.pdf cannot be read.", "Choose another file."))
    assert not sent
    assert composer.edit.toPlainText() == "Summarise"
    assert "cannot be read" in composer._notice.text()
    assert "as soon as" not in composer._notice.text()


def test_several_attachments_keep_their_order_and_can_be_taken_back(composer, sent):
    first, second, third = picture("a"), picture("b"), picture("c")
    chips = [composer.add_chip(part.name) for part in (first, second, third)]
    for chip, part in zip(chips, (first, second, third), strict=True):
        chip.set_ready((part,))
    chips[1].removed.emit()
    composer.submit()
    assert sent == [("", (first, third))]


def test_a_refused_file_says_why_and_does_not_block(qtbot, composer, sent):
    chip = composer.add_chip("broken.png")
    chip.set_failed(HelperError(ErrorKind.SOURCE, "broken.png is not a picture.", "Choose another file."))
    assert "not a picture" in chip.toolTip()
    qtbot.keyClicks(composer.edit, "Still there?")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == [("Still there?", ())]


def test_while_an_answer_runs_the_button_stops_and_the_question_waits(qtbot, composer, sent):
    composer.set_busy(True)
    qtbot.keyClicks(composer.edit, "next question")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not sent
    assert composer.edit.toPlainText() == ""
    assert composer.queue.isVisible()
    assert composer.queue.text == "Asked next: next question"
    with qtbot.waitSignal(composer.stop_requested):
        composer._send.click()


def test_pasted_files_and_pictures_become_attachments(qtbot, composer, tmp_path):
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt"))])
    with qtbot.waitSignal(composer.files_pasted) as files:
        composer.edit.insertFromMimeData(source)
    assert [path.name for path in files.args[0]] == ["a.txt"]
    source = QMimeData()
    source.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(composer.picture_pasted) as pasted:
        composer.edit.insertFromMimeData(source)
    assert pasted.args[0].size() == QSize(4, 4)


def test_pasted_text_is_text_even_if_a_spreadsheet_adds_a_picture(composer):
    source = QMimeData()
    source.setText("1\t2")
    source.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    composer.edit.insertFromMimeData(source)
    assert composer.edit.toPlainText() == "1\t2"


def test_the_estimate_counts_pictures_and_warns_beyond_the_limit(composer):
    composer.set_context(Estimate(900, "", limit=1000))
    composer.add_chip("Region").set_ready((picture(),))
    assert composer._estimate.text() == "908 of 1.0k tokens"
    composer.edit.setPlainText("x" * 700)
    assert composer._estimate.property("role") == "bad"


def test_what_could_not_be_sent_comes_back(composer, sent):
    part = picture()
    composer.restore("again", (part,))
    composer.submit()
    assert sent == [("again", (part,))]


def test_the_think_button_means_auto_or_off(qtbot, composer):
    with qtbot.waitSignal(composer.thinking_changed) as signal:
        composer._think.click()
    assert signal.args == [Thinking.OFF]
    with qtbot.waitSignal(composer.thinking_changed) as signal:
        composer._think.click()
    assert signal.args == [Thinking.AUTO]


def test_the_field_grows_with_its_text_up_to_a_limit(qtbot, composer):
    one = composer.edit.sizeHint().height()
    composer.edit.setPlainText("a\nb\nc")
    assert composer.edit.sizeHint().height() > 2 * one
    composer.edit.setPlainText("\n".join("x" * 40))
    assert composer.edit.sizeHint().height() < 9 * one


@pytest.mark.parametrize("text", ["你好\n世界", "Why\n为什么", "你好世界" * 20])
def test_lines_of_another_font_are_all_in_sight(composer, qtbot, text):
    edit = composer.edit
    edit.setPlainText(text)
    qtbot.waitUntil(lambda: edit.height() == edit.sizeHint().height())
    assert edit.verticalScrollBar().maximum() == 0


def test_an_idle_composer_paints_nothing(qtbot, composer, monkeypatch):
    painted = []
    original = Composer.paintEvent
    monkeypatch.setattr(Composer, "paintEvent", lambda self, event: (painted.append(1), original(self, event))[1])
    composer.edit.viewport().update()
    qtbot.wait(150)
    painted.clear()
    qtbot.wait(300)
    assert not painted


def test_pictures_of_a_folder_are_not_called_pages(composer):
    tree = FilePart(b"a.png", "text/plain", "folder, files in it", "a.png")
    composer.add_chip("folder").set_ready((tree, picture(), picture()))
    assert "2 pictures" in shown_texts(composer)
    composer.chips[0].set_ready((tree, picture()))
    assert "1 picture" in shown_texts(composer), "its size is not that of the folder"


def test_what_was_left_out_of_a_file_is_said_before_the_question_is_sent(qtbot, composer):
    words = "big.pdf has 900 pages; only the first 20 are attached."
    note = FilePart(words.encode(), NOTE_MIME, "big.pdf, pages 1 to 20 of 900", words)
    chip = composer.add_chip("big.pdf")
    chip.set_ready((note, picture(), picture()))
    assert words in shown_texts(composer)
    assert "2 pages" in shown_texts(composer)
    qtbot.keyClicks(composer.edit, "Summarise")
    assert words in shown_texts(composer)
    chip.removed.emit()
    assert words not in shown_texts(composer)


def test_the_size_of_a_long_text_is_that_of_its_file(composer):
    begin = FilePart(b"x" * 400_000, "text/plain", "server.log", "x" * 400_000)
    reference = Reference("a" * 64, "server.log", 1, (), unit=Unit.PART, size=3_884_047)
    composer.add_chip("server.log").set_ready((documents.note("server.log", "Only its first.", reference), begin))
    assert "3 MB" in shown_texts(composer)
    listing = FilePart(b"x" * 50, "text/plain", "plant, files in it", "x")
    folder = referred("plant", "b" * 64, 7_000_000, complete=False)
    composer.add_chip("plant").set_ready((note("plant", "x"), listing, documents.note("plant", "y", folder)))
    assert "7 MB" in shown_texts(composer)


def test_a_document_that_is_attached_twice_is_said_to_go_once(composer):
    def media(name):
        reference = Reference("a" * 64, name, 1, (), unit=Unit.PART, size=3_884_047)
        return documents.note(name, "Only its first.", reference), FilePart(b"x", "text/plain", name, "x")

    for name in ("server.log", "copy.log"):
        composer.add_chip(name).set_ready(media(name))
    assert "copy.log is the same file as server.log, so it does not go twice." in shown_texts(composer)


def shown_texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def refuse(composer, name: str, why: str) -> AttachmentChip:
    chip = composer.add_chip(name)
    chip.set_failed(HelperError(ErrorKind.SOURCE, f"{name} {why}.", "Choose another file."))
    return chip


def test_the_notices_of_several_files_can_all_be_read(composer):
    refuse(composer, "a.bin", "is not a picture")
    words = "big.pdf has 900 pages; only the first 20 are attached."
    composer.add_chip("big.pdf").set_ready((FilePart(words.encode(), NOTE_MIME, "big.pdf", words), picture()))
    refuse(composer, "b.zip", "is damaged")
    told = composer._notice.text().splitlines()
    assert told == ["a.bin is not a picture. Choose another file.", "b.zip is damaged. Choose another file.", words]
    for number in range(9):
        refuse(composer, f"{number}.bin", "is empty")
    assert len(composer._notice.text().splitlines()) == 4
    assert "And 9 more" in composer._notice.text()


def test_each_line_has_the_colour_of_what_it_says(composer):
    fact, missing = note("a.docx", "LibreOffice made these pages.", fact=True), note("a.docx", "A chart is missing.")
    composer.add_chip("a.docx").set_ready((fact, missing, picture()))
    refuse(composer, "b.zip", "is damaged")
    composer.show_note("Ready.")
    told = {label.text(): label.property("role") for label in composer._notice.findChildren(QLabel)}
    assert told == {
        "b.zip is damaged. Choose another file.": "bad",
        "A chart is missing.": "warn",
        "Ready.": "secondary",
        "LibreOffice made these pages.": "secondary",
    }
    assert list(told) == composer._notice.text().splitlines()
    composer.show_note("")
    assert "Ready." not in composer._notice.text()
    for chip in composer.chips:
        chip.removed.emit()
    assert not composer._notice.isVisible()


def test_a_note_hides_no_refusal(composer):
    refuse(composer, "a.bin", "is not a picture")
    composer.show_note("8 words are copied.")
    told = composer._notice.text().splitlines()
    assert told == ["a.bin is not a picture. Choose another file.", "8 words are copied."]
    composer.show_note("")
    assert composer._notice.text() == "a.bin is not a picture. Choose another file."


def test_a_chip_shows_no_picture_that_is_not_sent_any_more(composer):
    chip = composer.add_chip("manual.txt")
    chip.set_ready((picture("manual.txt, page 1 of 2"),))
    assert chip._picture._image is not None
    chip.set_ready((FilePart(b"words", "text/plain", "manual.txt", "words"),))
    assert chip._picture._image is None
    assert chip._picture._icon == ("file", "dim")


def test_of_two_who_read_a_file_the_later_one_is_heard(composer):
    chip, early, late = composer.add_chip("a.png"), CancelToken(), CancelToken()
    chip.set_loading(early)
    chip.set_loading(late)
    assert early.cancelled
    assert not late.cancelled
    chip.set_ready((picture(),))  # it is what it was, whatever the later one finds
    assert late.cancelled


def test_what_is_refused_does_not_go_with_the_question(qtbot, composer, sent):
    chip = composer.add_chip("film.mp4")
    chip.set_ready((picture(),))
    chip.set_failed(HelperError(ErrorKind.SOURCE, "There is no file film.mp4."))
    assert composer.estimate.question == 0
    qtbot.keyClicks(composer.edit, "Still there?")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == [("Still there?", ())]


def test_a_refused_chip_says_why_beside_its_name(composer):
    chip = refuse(composer, "a.bin", "is not a picture")
    assert "is not a picture" in [label.full_text for label in chip.findChildren(ElidedLabel)]
    assert chip.accessibleDescription() == "is not a picture"


def test_files_that_are_not_sent_are_named(qtbot, composer, sent):
    refuse(composer, "a.bin", "is not a picture")
    refuse(composer, "b.zip", "is damaged")
    qtbot.keyClicks(composer.edit, "Still there?")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == [("Still there?", ())]
    assert composer._notice.text() == "Not sent, since it cannot be read: a.bin, b.zip"
    qtbot.keyClicks(composer.edit, "N")
    assert not composer._notice.isVisible()


def test_one_goes_on_typing_at_the_end_of_what_came_back(qtbot, composer):
    composer.restore("again", ())
    qtbot.keyClicks(composer.edit, "!")
    assert composer.edit.toPlainText() == "again!"


def test_keys_of_a_word_that_is_being_composed_do_nothing_else(qtbot, composer, sent):
    composer.add_chip("Region").set_ready((picture(),))
    composer.edit.setFocus()
    QApplication.sendEvent(composer.edit, QInputMethodEvent("ni", []))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Up, Qt.Key.Key_Slash):
        qtbot.keyClick(composer.edit, key)
    assert not sent
    assert "\n" not in composer.edit.toPlainText()
    assert composer.edit.hasFocus()
