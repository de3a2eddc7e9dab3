"""The history beside the conversation: search on top, the list or what was found, undo, and New chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.drafts import DraftGlance
from desktop_helper.services.history_records import SearchHit
from desktop_helper.ui.history.entries import Entry, Source
from desktop_helper.ui.history.entry_delegate import EntryDelegate
from desktop_helper.ui.history.finder import Finder
from desktop_helper.ui.history.hits import HIT, HitDelegate, HitsModel
from desktop_helper.ui.history.model import ENTRY, HistoryModel
from desktop_helper.ui.history.new_chat_button import NewChatButton
from desktop_helper.ui.history.page import EmptyPage
from desktop_helper.ui.history.pictures import Pictures
from desktop_helper.ui.history.rows import Rows
from desktop_helper.ui.icons import icon
from desktop_helper.ui.menu import add_to, make_menu
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme, set_role
from desktop_helper.ui.undo_bar import UndoBar

SEARCH_HEIGHT = 38
PIN_KEY, EXPORT_KEY = "Ctrl+Shift+P", "Ctrl+S"


class HistoryPane(QFrame):
    """It changes nothing itself: whoever owns it does what its signals say, and then calls `reload`.

    Signals:
        opened: conversation, message or None, and the words that found it.
        new_requested, left: the user wants an empty chat, or back to the question.
        renamed, pinned, exported, deleted, restored: conversation, and its title or whether it is pinned.
        search_ended: no words are looked for any more.
    """

    opened = Signal(int, object, str)
    new_requested = Signal()
    left = Signal()
    renamed = Signal(int, str)
    pinned = Signal(int, bool)
    exported = Signal(int, str)
    deleted = Signal(int)
    restored = Signal(int)
    search_ended = Signal()

    def __init__(
        self,
        source: Source,
        background: Background,
        now: Callable[[], datetime] = datetime.now,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__()
        set_role(self, "side")
        self.model = HistoryModel(source, background, now, zone)
        self.hits = HitsModel(now, zone)
        self._finder = Finder(source.search, background)
        self._pictures = Pictures(source.picture, background)
        self._error: HelperError | None = None
        self._listed = self._enter = False
        self._found = ""  # the words that `hits` belongs to
        self.search = QLineEdit()
        self.list, self.results = Rows(tr("Conversations")), Rows(tr("Found messages"))
        self.page, self.new_chat = EmptyPage(), NewChatButton()
        self._stack = QStackedWidget()
        self.undo = UndoBar(self._stack)
        self._build()
        self._connect()
        self._tint()

    def set_foot(self, foot: QWidget) -> None:
        """What is shown between the list and the button below it."""
        self._layout.insertWidget(self._layout.indexOf(self.new_chat), foot)

    def reload(self) -> None:
        """The history has changed, or may have."""
        self.model.reload()

    def show_drafts(self, drafts: Mapping[int, DraftGlance]) -> None:
        """Mark the conversations with these, and list those that belong to none yet."""
        self.model.set_drafts(drafts)
        self._show()

    def focus_search(self) -> None:
        """Ready to type what is looked for."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def close_all(self) -> None:
        """Nothing that is still being read arrives any more."""
        self.model.close()
        self._finder.close()
        self._pictures.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the search field."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_search_key(Qt.Key(event.key()))
        return False

    def _build(self) -> None:
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.results)
        self._stack.addWidget(self.page)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self._pictures, self.list))
        self.results.setModel(self.hits)
        self.results.setItemDelegate(HitDelegate(self.results))
        self.search.setAccessibleName(tr("Search the history"))
        self.search.setToolTip(tr("Search the history (Ctrl+F)"))
        self.search.setPlaceholderText(tr("Search"))
        self._loupe, self._clear = QAction(self.search), QAction(tr("Clear (Esc)"), self.search)
        self._clear.triggered.connect(self.search.clear)
        self._clear.setVisible(False)
        self.search.addAction(self._loupe, QLineEdit.ActionPosition.LeadingPosition)
        self.search.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self.search.setAcceptDrops(False)  # the whole window takes drops
        self.search.setMinimumHeight(SEARCH_HEIGHT)
        set_role(self.search, "search")
        self.search.installEventFilter(self)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        for widget in (self.search, self._stack, self.new_chat):
            layout.addWidget(widget, 1 if widget is self._stack else 0)

    def _connect(self) -> None:
        Theme.current().changed.connect(self._tint)
        self.search.textChanged.connect(self._on_text)
        self._finder.found.connect(self._on_found)
        self._finder.failed.connect(self._on_search_failed)
        self._pictures.arrived.connect(self._repaint)
        self.model.listed.connect(self._on_listed)
        self.model.failed.connect(self._on_failed)
        self.model.renamed.connect(self.renamed)
        self.list.opened.connect(self._open_entry)
        self.results.opened.connect(self._open_hit)
        for rows in (self.list, self.results):
            rows.left.connect(self._leave_rows)
        self.list.menu_requested.connect(self._show_menu)
        self.page.retry_requested.connect(self.reload)
        self.new_chat.clicked.connect(self.new_requested)
        deeds = {"F2": self._rename, PIN_KEY: self._pin, EXPORT_KEY: self._export, "Del": self._delete}
        self.list.act_on(deeds | {"Ctrl+Z": self.undo.undo})

    # --- searching ---

    def _on_text(self, text: str) -> None:
        self._enter = False
        self._clear.setVisible(bool(text))
        self._finder.look_for(text)
        if not text.strip():
            self._found = ""
            self.search_ended.emit()
            self._show()

    def _on_found(self, text: str, hits: list[SearchHit]) -> None:
        self._found = text
        self.hits.show(hits)
        self.results.scrollToTop()
        self._show()
        if hits and self._enter:
            self._open_hit(self.hits.index(0, 0))
        self._enter = False

    def _on_search_failed(self, _text: str, error: HelperError) -> None:
        self.page.say(tr("The history cannot be searched"), str(error))
        self._stack.setCurrentWidget(self.page)

    def _on_search_key(self, key: Qt.Key) -> bool:
        rows = self._stack.currentWidget()
        match key:
            case Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self.left.emit()
            case Qt.Key.Key_Down if isinstance(rows, Rows):
                rows.setFocus(Qt.FocusReason.TabFocusReason)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter = True  # what is still being looked for is opened when it is found
                if self._found and self._found == " ".join(self.search.text().split()):
                    self._enter = False
                    self._open_hit(self.hits.index(0, 0))
            case _:
                return False
        return True

    # --- listing ---

    def _on_listed(self, total: int) -> None:
        self._listed, self._error = True, None
        many = tr("Search {count} conversations", count=f"{total:,}")
        self.search.setPlaceholderText(many if total > 1 else tr("Search"))
        self._show()

    def _on_failed(self, error: HelperError) -> None:
        self._error = error
        self._show()

    def _show(self) -> None:
        """The list, what was found, or why there is nothing."""
        if self._found:
            if self.hits.rowCount():
                self._stack.setCurrentWidget(self.results)
                return
            hint = tr("Every word must be in a question, an answer, a title or the name of a file.")
            self.page.say(tr("Nothing found"), hint)
        elif self._error is not None:
            self.page.say(tr("The history cannot be read"), str(self._error), retry=True)
        elif self._listed and not self.model.rowCount():
            self.page.say(tr("No conversations yet"), tr("What you ask is kept here, on this machine."))
        else:
            self._stack.setCurrentWidget(self.list)
            return
        self._stack.setCurrentWidget(self.page)

    # --- what the user does with a row ---

    def _entry(self) -> Entry | None:
        entry = self.list.currentIndex().data(ENTRY)
        return entry if isinstance(entry, Entry) else None

    def _open_entry(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, Entry):
            self.opened.emit(entry.id, None, "")

    def _open_hit(self, index: QModelIndex) -> None:
        hit = index.data(HIT)
        if isinstance(hit, SearchHit):
            self.results.setCurrentIndex(index)
            self.opened.emit(hit.conversation_id, hit.message_id, self._found)

    def _leave_rows(self, altogether: bool) -> None:
        if altogether:
            self.left.emit()
        else:
            self.focus_search()

    def _rename(self) -> None:
        entry = self._entry()
        if entry is not None and not entry.unasked:
            self.list.edit(self.list.currentIndex())

    def _pin(self) -> None:
        entry = self._entry()
        if entry is not None and not entry.unasked:
            self.pinned.emit(entry.id, not entry.info.pinned)

    def _export(self) -> None:
        entry = self._entry()
        if entry is not None and not entry.unasked:
            self.exported.emit(entry.id, entry.info.title)

    def _delete(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.model.remove(entry.id)
            self._show()
            self.undo.offer(lambda: self.restored.emit(entry.id))
            self.deleted.emit(entry.id)

    def menu_of(self, entry: Entry) -> QMenu:
        """What can be done with the current row, which is this entry."""
        menu = make_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pin = tr("Unpin") if entry.info.pinned else tr("Pin")
        if not entry.unasked:
            add_to(menu, tr("Rename"), "F2", self._rename)
            add_to(menu, pin, PIN_KEY, self._pin)
            add_to(menu, tr("Export…"), EXPORT_KEY, self._export)
        add_to(menu, tr("Delete"), "Del", self._delete)
        return menu

    def _show_menu(self, at: QPoint) -> None:
        entry = self._entry()
        if entry is not None:
            self.menu_of(entry).popup(self.list.viewport().mapToGlobal(at))

    def _repaint(self) -> None:
        self.list.viewport().update()

    def _tint(self) -> None:
        self._loupe.setIcon(icon("search"))
        self._clear.setIcon(icon("close"))
