"""The pane by keyboard alone, and what it says when there is nothing to list."""

from __future__ import annotations

from datetime import UTC

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.messages import Role
from desktop_helper.qt.background import Background
from desktop_helper.services.history_records import SearchHit
from desktop_helper.ui.history.model import ENTRY
from desktop_helper.ui.history.pane import HistoryPane
from desktop_helper.ui.theme import Theme
from tests.ui.history.fakes import NOW, FakeSource

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def hit(conversation, message, snippet="an export of it"):
    start = snippet.find("export")
    matches = ((start, start + 6),) if start >= 0 else ()
    return SearchHit(conversation, message, f"Talk {conversation}", snippet, Role.USER, NOW, matches)


@pytest.fixture
def open_pane(qtbot):
    made = []
    background = Background()

    def begin(source) -> HistoryPane:
        pane = HistoryPane(source, background, lambda: NOW, UTC)
        made.append(pane)
        qtbot.addWidget(pane)
        pane.resize(310, 600)
        pane.show()
        pane.activateWindow()
        qtbot.waitUntil(pane.isActiveWindow)
        if source.error is None:
            with qtbot.waitSignal(pane.model.listed, timeout=5000):
                pane.reload()
        return pane

    Theme.current().apply("light")
    yield begin
    for pane in made:
        pane.close_all()
    background.close()
    set_language("en")


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def current(pane):
    return pane.list.currentIndex().data(ENTRY).id


def told(signal):
    calls = []
    signal.connect(lambda *arguments: calls.append(arguments))
    return calls


def search(qtbot, pane, text):
    pane.focus_search()
    qtbot.keyClicks(pane.search, text)
    qtbot.waitUntil(lambda: pane._found == text)


def test_arrows_and_enter_open_a_conversation(qtbot, open_pane):
    pane = open_pane(FakeSource(5))
    opened = told(pane.opened)
    pane.focus_search()
    press(qtbot, Key.Key_Down)
    assert pane.list.hasFocus()
    assert current(pane) == 5
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Return)
    assert opened == [(3, None, "")]
    for _ in range(3):
        press(qtbot, Key.Key_Up)
    assert pane.search.hasFocus()


def test_escape_goes_back_to_the_question(qtbot, open_pane):
    pane = open_pane(FakeSource(2))
    left = told(pane.left)
    pane.focus_search()
    press(qtbot, Key.Key_Escape)
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Escape)
    assert len(left) == 2


def test_found_messages_are_opened_with_the_words_that_found_them(qtbot, open_pane):
    source = FakeSource(5)
    source.hits = {"export": [hit(4, 40), hit(2, 20)]}
    pane = open_pane(source)
    opened, ended = told(pane.opened), told(pane.search_ended)
    search(qtbot, pane, "export")
    assert pane._stack.currentWidget() is pane.results
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Return)
    assert opened == [(2, 20, "export")]
    pane.focus_search()
    press(qtbot, Key.Key_Return)
    assert opened[1:] == [(4, 40, "export")]
    press(qtbot, Key.Key_Escape)
    assert pane.search.text() == ""
    assert pane._stack.currentWidget() is pane.list
    assert ended


def test_enter_before_the_search_is_over_opens_what_it_finds(qtbot, open_pane):
    source = FakeSource(5)
    source.hits = {"export": [hit(4, 40)]}
    pane = open_pane(source)
    opened = told(pane.opened)
    source.gate.clear()
    pane.focus_search()
    qtbot.keyClicks(pane.search, "export")
    press(qtbot, Key.Key_Return)
    assert not opened
    source.gate.set()
    qtbot.waitUntil(lambda: bool(opened))
    assert opened == [(4, 40, "export")]


def test_rename_in_place(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    renamed, opened = told(pane.renamed), told(pane.opened)
    pane.list.setFocus()
    press(qtbot, Key.Key_F2)
    editor = pane.list.findChild(QLineEdit)
    assert editor.selectedText() == "Talk 3"
    editor.insert("租赁合同")  # in place of what is marked
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: renamed == [(3, "租赁合同")])
    assert pane.model.index(0).data() == "租赁合同"
    press(qtbot, Key.Key_F2)
    qtbot.keyClick(pane.list.findChildren(QLineEdit)[-1], Key.Key_Escape)
    qtbot.waitUntil(pane.list.hasFocus)
    assert len(renamed) == 1
    assert not opened
    assert pane.list.hasFocus()


def test_keys_of_the_list_are_its_own_while_it_has_the_keyboard(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    elsewhere = []
    for key in ("F2", "Del", "Ctrl+Z"):
        QShortcut(QKeySequence(key), pane, lambda key=key: elsewhere.append(key))
    deleted, restored = told(pane.deleted), told(pane.restored)
    pane.list.setFocus()
    press(qtbot, Key.Key_Delete)
    press(qtbot, Key.Key_Z, CTRL)
    assert (deleted, restored, elsewhere) == ([(3,)], [(3,)], [])
    pane.new_chat.setFocus()
    press(qtbot, Key.Key_F2)
    assert elsewhere == ["F2"]


def test_delete_and_undo(qtbot, open_pane):
    source = FakeSource(3)
    pane = open_pane(source)
    deleted, restored = told(pane.deleted), told(pane.restored)
    pane.list.setFocus()
    press(qtbot, Key.Key_Down)
    press(qtbot, Key.Key_Delete)
    assert deleted == [(2,)]
    assert pane.model.rowCount() == 2
    assert current(pane) in (1, 3)  # the keys go on meaning a row
    assert pane.undo.isVisible()
    press(qtbot, Key.Key_Delete)
    assert "2" in pane.undo.findChild(QLabel).text()
    press(qtbot, Key.Key_Z, CTRL)
    qtbot.mouseClick(pane.undo.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert restored == [deleted[1], deleted[0]]
    assert not pane.undo.isVisible()
    press(qtbot, Key.Key_Z, CTRL)
    assert len(restored) == 2


def test_the_offer_to_undo_goes_after_a_while(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    restored: list[int] = []
    pane.undo.offer(lambda: restored.append(1))
    pane.undo._timer.setInterval(10)
    qtbot.waitUntil(lambda: not pane.undo.isVisible())
    pane.undo.undo()
    assert not restored


def test_pin_and_unpin(qtbot, open_pane):
    source = FakeSource(3)
    pane = open_pane(source)
    pinned = told(pane.pinned)
    pane.list.setFocus()
    press(qtbot, Key.Key_P, CTRL | SHIFT)
    source.change(3, pinned=True)
    with qtbot.waitSignal(pane.model.listed, timeout=5000):
        pane.reload()
    press(qtbot, Key.Key_P, CTRL | SHIFT)
    assert pinned == [(3, True), (3, False)]


def test_the_menu_has_everything_with_its_keys(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    menu = pane.menu_of(pane.model.index(0).data(ENTRY))
    found = {action.text(): action.shortcut().toString() for action in menu.actions()}
    assert found == {"Rename": "F2", "Pin": "Ctrl+Shift+P", "Export…": "Ctrl+S", "Delete": "Del"}
    pinned = told(pane.pinned)
    pane.list.setCurrentIndex(pane.model.index(0))
    menu.actions()[1].trigger()
    assert pinned == [(3, True)]


def test_a_click_on_a_card_opens_it_and_one_on_a_heading_does_not(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    opened = told(pane.opened)
    row = pane.list.visualRect(pane.model.index(0))
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=row.topLeft())
    assert not opened
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center() + row.bottomLeft() / 4)
    assert opened == [(3, None, "")]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_it_says_when_there_is_nothing(qtbot, open_pane, language):
    set_language(language)
    source = FakeSource()
    pane = open_pane(source)
    assert tr("No conversations yet") in pane.page.accessibleName()
    search(qtbot, pane, "zebra")
    assert tr("Nothing found") in pane.page.accessibleName()
    assert pane.page.isVisible()
    labels = pane.page.findChildren(QLabel)
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels))


def test_a_history_that_cannot_be_read_says_why_and_can_be_tried_again(qtbot, open_pane):
    source = FakeSource(3)
    source.error = "Plug it in."
    pane = open_pane(source)
    with qtbot.waitSignal(pane.model.failed, timeout=5000):
        pane.reload()
    assert "Plug it in." in pane.page.accessibleName()
    source.error = None
    with qtbot.waitSignal(pane.model.listed, timeout=5000):
        qtbot.mouseClick(pane.page.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert pane.list.isVisible()


def test_the_field_says_how_many_there_are(qtbot, open_pane):
    assert open_pane(FakeSource(1204)).search.placeholderText() == "Search 1,204 conversations"


def test_rows_are_read_aloud_with_their_day_and_state(qtbot, open_pane):
    pane = open_pane(FakeSource(3))
    spoken = pane.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Talk 3, Today, 12:00"
    pane.model.setData(pane.model.index(0), "<img src='file:///etc/passwd'> whole")
    assert "&lt;img" in pane.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    for widget in (pane.search, pane.list, pane.results, pane.new_chat):
        assert widget.accessibleName()


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_long_titles_and_found_words_are_painted_at_every_size(qtbot, open_pane, scale, theme):
    Theme.current().apply(theme, scale)
    source = FakeSource(3)
    source.change(2, title="\u202eword " * 60)
    source.hits = {"export": [hit(2, 20, "很长的一句话" * 30 + "😀 export " * 9), hit(1, 10, "export")]}
    pane = open_pane(source)
    assert not pane.grab().isNull()
    search(qtbot, pane, "export")
    assert not pane.grab().isNull()
    Theme.current().apply("light", 1.0)
