"""Conversations go to files and come from files without a terminal, and the settings say how long they are kept."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, Progress
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services import exporting
from desktop_helper.services.history import History
from desktop_helper.ui.archive.export_window import ExportWindow, with_ending
from desktop_helper.ui.history.export_bar import ExportBar
from desktop_helper.ui.theme import Theme
from tests.support import sample_files
from tests.support.archive import ancestor_file

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


def stored(history, question: str, thinking: str = "") -> int:
    number = history.new_conversation()
    history.add_message(number, Message(Role.USER, (PICTURE, TextPart(question))))
    writer = history.begin_answer(number, "GLM-4.1V-9B-Thinking")
    writer.append(thinking, "A red square.")
    writer.finish(FinishReason.STOP)
    return number


def export_window(parent) -> ExportWindow:
    (window,) = parent.findChildren(ExportWindow)
    return window


@pytest.fixture
def saved_as(monkeypatch, tmp_path):
    """The dialog of the system offers a name; the user takes it, in this folder."""
    offered: list[str] = []

    def take(_parent, _title, start, _kinds):
        offered.append(start.rpartition("/")[2])
        return str(tmp_path / offered[-1]), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", take)
    return offered


@pytest.fixture
def row(qtbot, open_desk):
    """The large window with one conversation, whose row has the keyboard."""
    desk = open_desk()
    stored(desk.services.history, "What is this?", "Let me see.")
    desk.window.size_requested.emit(True)
    rows = desk.chat._history.pane.list
    qtbot.waitUntil(lambda: rows.model().rowCount() == 1)
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(0, 0))
    return desk, rows


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("title", ["请把这张发票上的所有金额逐项列出来 " * 20, None])
def test_all_words_of_the_export_window_are_in_sight(qtbot, scale, title):
    Theme.current().apply("light", scale)
    parent = QWidget()
    qtbot.addWidget(parent)
    window = ExportWindow("x", title, parent)
    window.open()
    hints = [label for label in window.findChildren(QLabel) if label.wordWrap()]
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in hints))
    assert len(hints) == len(window.buttons)
    assert window.width() <= 1.2 * window.minimumWidth(), "a long title makes no wide window"
    window.reject()
    Theme.current().apply("light")


@pytest.mark.parametrize("form", ["md", "html", "json", "llamafactory"])
def test_a_conversation_is_exported_from_its_row(qtbot, row, saved_as, tmp_path, form):
    desk, rows = row
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window = export_window(desk.window)
    assert [button.isChecked() for button in window.buttons.values()] == [True, False, False, False]
    qtbot.mouseClick(window.buttons[form], Qt.MouseButton.LeftButton)
    window.take.click()
    suffix = {"md": ".md", "html": ".html"}.get(form, ".json")
    assert saved_as == [f"1-What-is-this{suffix}"]
    file = tmp_path / saved_as[0]
    qtbot.waitUntil(lambda: str(file) in desk.composer._notice.text(), timeout=5000)
    text = file.read_text(encoding="utf-8")
    assert "A red square." in text
    assert ("Let me see." in text) is (form == "llamafactory"), "only training data has it unasked"


def test_the_thinking_goes_along_if_it_is_wanted(qtbot, row, saved_as, tmp_path):
    desk, rows = row
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window = export_window(desk.window)
    window.thinking.click()
    qtbot.mouseClick(window.buttons["llamafactory"], Qt.MouseButton.LeftButton)
    assert not window.thinking.isEnabled()
    qtbot.mouseClick(window.buttons["md"], Qt.MouseButton.LeftButton)
    window.take.click()
    qtbot.waitUntil((tmp_path / "1-What-is-this.md").exists, timeout=5000)
    assert "Let me see." in (tmp_path / "1-What-is-this.md").read_text(encoding="utf-8")
    assert len(list((tmp_path / "1-What-is-this-files").iterdir())) == 1


def test_a_second_export_waits_for_the_first(qtbot, row, saved_as, monkeypatch, tmp_path):
    desk, rows = row
    whole, go_on = exporting.export, threading.Event()

    def slow(*arguments):
        assert go_on.wait(10)
        return whole(*arguments)

    monkeypatch.setattr(exporting, "export", slow)
    for form in ("html", "md"):
        qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        window = export_window(desk.window)
        qtbot.mouseClick(window.buttons[form], Qt.MouseButton.LeftButton)
        window.take.click()
        qtbot.waitUntil(lambda: not desk.window.findChildren(ExportWindow), timeout=5000)
    assert list(tmp_path.glob("1-What-is-this.*")) == []
    go_on.set()
    for suffix in (".html", ".md"):
        qtbot.waitUntil((tmp_path / f"1-What-is-this{suffix}").exists, timeout=5000)
    qtbot.waitUntil(lambda: "1-What-is-this.md" in desk.composer._notice.text(), timeout=5000)


def test_a_place_that_cannot_be_written_is_a_sentence(qtbot, row, monkeypatch, tmp_path):
    desk, rows = row
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "a.md"), ""))
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    export_window(desk.window).take.click()
    qtbot.waitUntil(lambda: "cannot be written" in desk.composer._notice.text(), timeout=5000)


@pytest.mark.parametrize(("typed", "asked"), [("mine.md", True), ("mine", False), ("mine v1.2", False)])
def test_only_what_the_dialog_asked_about_is_written_over(qtbot, row, monkeypatch, tmp_path, typed, asked):
    desk, rows = row
    mine = tmp_path / ("mine v1.2.md" if "v" in typed else "mine.md")
    mine.write_text("My own words.")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    export_window(desk.window).take.click()
    said = f"Exported to {mine}." if asked else f"{mine} is there already"
    qtbot.waitUntil(lambda: said in desk.composer._notice.text(), timeout=5000)
    assert ("My own words." in mine.read_text(encoding="utf-8")) is not asked


@pytest.mark.parametrize(
    ("form", "typed", "written"),
    [
        ("md", "notes v1.2", "notes v1.2.md"),
        ("html", "notes v1.2", "notes v1.2.html"),
        ("json", "2026.11.29", "2026.11.29.json"),
        ("html", "page.HTM", "page.HTM"),
        ("md", "notes.txt", "notes.txt"),
        ("json", "notes.md", "notes.md.json"),
    ],
)
def test_a_name_with_a_dot_gets_its_ending(form, typed, written):
    assert with_ending(Path("/a.b") / typed, exporting.formats()[form]) == Path("/a.b") / written


def test_pictures_of_another_document_stay(qtbot, row, saved_as, tmp_path):
    desk, rows = row
    others = tmp_path / "1-What-is-this-files" / "picture-1.png"
    others.parent.mkdir()
    others.write_bytes(b"another")
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    export_window(desk.window).take.click()
    qtbot.waitUntil(lambda: "is there already" in desk.composer._notice.text(), timeout=5000)
    assert others.read_bytes() == b"another"


def test_leaving_the_dialog_of_the_system_leaves_the_choice(qtbot, row, monkeypatch):
    desk, rows = row
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window = export_window(desk.window)
    chosen: list[object] = []
    window.chosen.connect(chosen.append)
    window.take.click()
    assert window.isVisible()
    assert chosen == []


def test_all_go_into_a_folder_of_their_own_and_come_back(qtbot, open_settings, desk, monkeypatch, tmp_path):
    for question in ("One", "Two"):
        stored(desk.services.history, question)
    window = open_settings()
    window.show_page(window.history)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    window.history.export_button.click()
    asked = export_window(window)
    monkeypatch.setattr(asked, "_now", lambda: datetime(2026, 11, 29, 8, 5, 9))
    asked.buttons["json"].click()
    asked.take.click()
    folder = tmp_path / "desktop-helper-20261129-080509"
    qtbot.waitUntil(lambda: window.history.status.text == f"Documents written to {folder}: 2", timeout=5000)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["1-One.json", "2-Two.json"]
    assert json.loads(files[0].read_text())["title"] == "One"

    desk.services.history.delete_conversation(1)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file) for file in (*files, broken)], ""))
    window.history.import_button.click()
    qtbot.waitUntil(lambda: "Conversations imported: 1" in window.history.status.text, timeout=20_000)
    assert "Here already: 1" in window.history.status.text
    assert "Files that cannot be imported: 1" in window.history.status.text
    qtbot.waitUntil(lambda: window.history.meter.lines.get("Conversations") == "2", timeout=5000)


def test_a_file_that_is_none_is_a_sentence(qtbot, open_settings, monkeypatch, tmp_path):
    window = open_settings()
    window.show_page(window.history)
    (tmp_path / "a.json").write_text("[]")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(tmp_path / "a.json")], ""))
    window.resize(window.width(), window.minimumHeight())
    page, status = window.history, window.history.status
    page.import_button.setFocus()
    page.verticalScrollBar().setValue(0)
    page.import_button.click()
    qtbot.waitUntil(lambda: "a.json" in status.text, timeout=20_000)
    assert page.import_button.isEnabled()
    assert window.focusWidget() is page.import_button, "who pressed it goes on from there"

    def bottom() -> int:
        return status.mapTo(page.viewport(), QPoint(0, status.height())).y()

    qtbot.waitUntil(lambda: status.height() <= bottom() <= page.viewport().height())


def test_an_export_can_be_stopped(qtbot, open_settings, desk, monkeypatch, tmp_path):
    stored(desk.services.history, "One")
    window = open_settings()
    window.show_page(window.history)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))

    def endless(_history, _job, cancel, on_progress):
        while True:
            cancel.raise_if_cancelled()

    monkeypatch.setattr(exporting, "export", endless)
    window.history.export_button.click()
    export_window(window).take.click()
    assert window.history.stop_button.isVisible()
    assert not window.history.export_button.isEnabled()
    window.history.stop_button.click()
    qtbot.waitUntil(lambda: window.history.status.text.startswith("Stopped."), timeout=5000)
    assert not window.history.stop_button.isVisible()
    assert window.history.export_button.isEnabled()


def test_an_export_from_the_list_tells_how_far_it_is_and_can_be_stopped(qtbot, row, saved_as, monkeypatch, tmp_path):
    desk, rows = row
    bar = desk.chat._history.pane.findChild(ExportBar)
    whole = exporting.export

    def endless(history, job, cancel, on_progress):
        on_progress(Progress("Exporting message 1 of 9", 0.0))
        while not cancel.wait(0.01):
            pass
        return whole(history, job, cancel, on_progress)

    monkeypatch.setattr(exporting, "export", endless)
    for _ in range(2):  # the second one waits
        qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        export_window(desk.window).take.click()
        qtbot.waitUntil(lambda: not desk.window.findChildren(ExportWindow), timeout=5000)
    qtbot.waitUntil(bar.isVisible, timeout=5000)
    qtbot.waitUntil(lambda: bar.words.full_text == "Exporting message 1 of 9", timeout=5000)
    bar.button.setFocus()
    qtbot.keyClick(bar.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Stopped. Nothing was exported." in desk.composer._notice.text(), timeout=5000)
    assert not bar.isVisible()
    assert desk.window.focusWidget() is rows
    assert list(tmp_path.glob("1-What-is-this*")) == []
    monkeypatch.setattr(exporting, "export", whole)
    qtbot.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    export_window(desk.window).take.click()
    qtbot.waitUntil(lambda: "1-What-is-this.md" in desk.composer._notice.text(), timeout=5000)
    assert not bar.isVisible(), "nothing flashes for what is done at once"


def test_closing_the_settings_ends_an_import_between_two_conversations(
    qtbot, open_settings, desk, monkeypatch, tmp_path
):
    add, second, go_on = History.add_conversation, threading.Event(), threading.Event()

    def slow(self, record):
        if record.title == "two":
            second.set()
            assert go_on.wait(10)
        return add(self, record)

    monkeypatch.setattr(History, "add_conversation", slow)
    titles = ("one", "two", "three", "four")
    file = ancestor_file(tmp_path / "vlm_helper.db", {title: [{"role": "user", "content": "x"}] for title in titles})
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    window = open_settings()
    window.show_page(window.history)
    window.history.import_button.click()
    qtbot.waitUntil(second.is_set, timeout=5000)
    with qtbot.waitSignal(window.history.over, timeout=5000) as said:
        window.close()
        go_on.set()
    assert said.args == ["Stopped. Conversations imported: 2"]
    assert [one.title for one in desk.services.history.conversations()] == ["two", "one"]
    window.show()
    assert window.history.status.text == "Stopped. Conversations imported: 2"
    window.history.import_button.click()
    qtbot.waitUntil(lambda: window.history.status.text == "Conversations imported: 2 Here already: 2", timeout=5000)


def test_the_room_is_told_part_by_part(qtbot, open_settings, desk):
    stored(desk.services.history, "One")
    stored(desk.services.history, "Two")
    window = open_settings()
    window.show_page(window.history)
    meter = window.history.meter
    qtbot.waitUntil(meter.isVisible, timeout=5000)
    assert meter.lines["Pictures"] == f"1 · {len(PICTURE.data)} B", "the same picture is there once"
    assert meter.lines["Conversations"] == "2"
    assert "In the trash" not in meter.lines
    assert "Pictures: 1" in meter.accessibleDescription()
    desk.services.history.trash(1)
    window.history.measure()
    qtbot.waitUntil(lambda: meter.lines.get("In the trash") == "1", timeout=5000)
    assert meter.lines["Conversations"] == "1"


def test_a_history_that_cannot_be_read_is_told(qtbot, open_settings, monkeypatch):
    def fail(_self):
        raise HelperError(ErrorKind.STORAGE, "The disk is gone.", "Mount it.")

    monkeypatch.setattr(History, "storage", fail)
    window = open_settings()
    window.show_page(window.history)
    qtbot.waitUntil(lambda: window.history.problem.text == "The disk is gone. Mount it.", timeout=5000)


def test_how_long_things_are_kept_is_chosen(open_settings, desk):
    window = open_settings()
    assert (window.history.keep_days.currentData(), window.history.keep_media_days.currentData()) == (0, 0)
    for combo, days in ((window.history.keep_days, 365), (window.history.keep_media_days, 90)):
        combo.setCurrentIndex(combo.findData(days))
        combo.activated.emit(combo.currentIndex())
    window.save()
    assert (desk.saved().history.keep_days, desk.saved().history.keep_media_days) == (365, 90)


def test_what_was_written_by_hand_stays(open_settings, desk):
    desk.services.paths.settings_file.parent.mkdir(parents=True, exist_ok=True)
    with desk.services.paths.settings_file.open("a", encoding="utf-8") as file:
        file.write("\n[history]\nkeep_days = 77\n")
    window = open_settings()
    window.load()
    assert window.history.keep_days.currentText() == "77 days"
    window.save()
    assert desk.saved().history.keep_days == 77
