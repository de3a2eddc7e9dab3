"""What a question and an answer have in common: actions under them, versions, and a menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.version_switch import VersionSwitch

_ACTION_PX = 24


class MessageView(QWidget):
    """The actions appear while the message is pointed at or has the focus; their room is always kept.

    Signals:
        retry_requested: the user wants an answer to the same question (after an error, or another version).
        retry_with_requested: the same, of the model profile with this name.
        version_requested: number of another version of this message.
        delete_requested: the message is to go, with what follows it.
        edit_requested: the question (of this answer) is to be asked in other words.
        menu_requested: a place on the screen, for the menu with everything that can be done.
    """

    retry_requested = Signal()
    retry_with_requested = Signal(str)
    version_requested = Signal(int)
    delete_requested = Signal()
    edit_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.versions = VersionSwitch()
        self.versions.chosen.connect(self.version_requested)
        self._buttons: list[IconButton] = []
        self._more = IconButton("more", tr("More (Shift+F10)"), size=_ACTION_PX)
        self._more.clicked.connect(self._open_menu)

    @property
    def text_view(self) -> DocumentView:
        """Where the words are."""
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        """Whether anything can be done with it: not while it is being written."""
        return True

    def has_focus(self) -> bool:
        """Whether the keyboard is somewhere in it."""
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def selection(self) -> str:
        """What the reader has marked of the text, as it is copied."""
        cursor = self.text_view.textCursor()
        return self.text_view.createMimeDataFromSelection().text() if cursor.hasSelection() else ""

    def copy(self) -> None:
        """Put it on the clipboard."""
        raise NotImplementedError

    def update_actions(self) -> None:
        """Show the actions or hide them."""
        shown = self.finished and (self.underMouse() or self.has_focus())
        for button in (*self._buttons, self._more):
            button.setVisible(shown and self._makes_sense(button))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer what can be done."""
        super().enterEvent(event)
        self.update_actions()

    def leaveEvent(self, event: QEvent) -> None:
        """Be quiet again."""
        super().leaveEvent(event)
        self.update_actions()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same with the other button of the mouse, or the keyboard's key for it."""
        if self.finished:
            at = event.globalPos()
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                at = self._more.mapToGlobal(self._more.rect().bottomLeft())
            self.menu_requested.emit(at)
        event.accept()

    def _makes_sense(self, button: IconButton) -> bool:
        return True

    def _action(self, icon: str, label: str) -> IconButton:
        button = IconButton(icon, label, size=_ACTION_PX)
        self._buttons.append(button)
        return button

    def _place_actions(self, row: QHBoxLayout) -> None:
        """Put them into `row`, each in a place of its own; what is always shown comes at the edge of the message."""
        for button in (*self._buttons, self._more):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.hide()
            row.addWidget(button)

    def _open_menu(self) -> None:
        self.menu_requested.emit(self._more.mapToGlobal(self._more.rect().bottomLeft()))
