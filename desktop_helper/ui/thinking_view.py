"""The model's reasoning: one dim line that unfolds."""

from __future__ import annotations

import time

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.icons import icon
from desktop_helper.ui.markdown.styles import Styles
from desktop_helper.ui.text_safety import reveal_overrides, wrappable
from desktop_helper.ui.theme import LINE_HEIGHT, SPACE_1, SPACE_2, SPACE_5, Theme, set_role

_TICK_MS = 1000
_CHEVRON_PX = 14
_LAST_LINE_CHARS = 200


class ThinkingView(QWidget):
    """Hidden until there is something. The text is laid out only while it is unfolded.

    Signals:
        answer_now_requested: the user has waited long enough; see `offer_answer_now`.
        unfolded_by_user: the user opened it, or closed it.
    """

    answer_now_requested = Signal()
    unfolded_by_user = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text: list[str] = []
        self._last_line = ""
        self._shown = 0  # how many entries of `_text` are in the view
        self._begin: float | None = None
        self._seconds: int | None = None
        self._header, self._glimpse, self._view = QToolButton(), QLabel(), DocumentView()
        self._now = QPushButton(tr("Answer now"))
        self._can_end = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._describe)
        self._build()
        self._tint()
        Theme.current().changed.connect(self._tint)
        self.hide()

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._text)

    @property
    def unfolded(self) -> bool:
        """Whether the text is shown."""
        return self._header.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or hide the text."""
        self._header.setChecked(unfolded)

    def offer_answer_now(self, offered: bool) -> None:
        """Whether there is a button that ends the reasoning, while it goes on."""
        self._can_end = offered
        self._show_button()

    def append(self, text: str, since: float | None = None) -> None:
        """Add reasoning. The clock runs from the first one, or `since` then."""
        if self._begin is None:
            self._begin = time.monotonic() if since is None else since
            self._timer.start()
            self.show()
            self._show_button()
        self._text.append(text)
        self._last_line = (self._last_line + text)[-_LAST_LINE_CHARS:].lstrip("\n")
        lines = self._last_line.rstrip("\n").splitlines()
        self._last_line = (lines[-1] if lines else "") + ("\n" if self._last_line.endswith("\n") else "")
        if self.unfolded:
            self._show_text()
        self._describe()

    def finish(self, seconds: float | None = None) -> None:
        """The answer itself has begun, or ended; of one of the past, how long it took is known if it was kept."""
        if self._begin is not None and self._seconds is None:
            self._timer.stop()
            self._seconds = round(time.monotonic() - self._begin if seconds is None else seconds)
            self._show_button()
            self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the glimpse anew."""
        super().resizeEvent(event)
        self._describe()

    def _build(self) -> None:
        self._header.setCheckable(True)
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self._header, "line")
        self._header.toggled.connect(self._on_toggled)
        self._header.clicked.connect(self.unfolded_by_user)
        set_role(self._glimpse, "meta")
        self._glimpse.setTextFormat(Qt.TextFormat.PlainText)
        self._glimpse.setMinimumWidth(0)
        self._view.setAccessibleName(tr("Thinking"))
        self._view.hide()
        set_role(self._now, "word")
        self._now.setShortcut("Ctrl+Shift+A")
        self._now.setToolTip(tr("End the thinking and answer (Ctrl+Shift+A)"))
        self._now.setAccessibleDescription(self._now.toolTip())
        self._now.clicked.connect(self._on_now)
        self._now.hide()
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.setContentsMargins(-SPACE_1, 0, 0, 0)  # the chevron's own margin: it stands where the text below begins
        line.addWidget(self._header)
        line.addWidget(self._glimpse, 1)
        line.addWidget(self._now)
        inner = QHBoxLayout()
        inner.setContentsMargins(SPACE_5, 0, 0, 0)
        inner.addWidget(self._view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addLayout(line)
        layout.addLayout(inner)

    def _show_button(self) -> None:
        running = self._begin is not None and self._seconds is None
        self._now.setVisible(self._can_end and running)

    def _on_now(self) -> None:
        """Once is enough; the button keeps its place until the answer begins."""
        self._now.setEnabled(False)
        self.answer_now_requested.emit()

    def _on_toggled(self, unfolded: bool) -> None:
        self._view.setVisible(unfolded)
        if unfolded:
            self._show_text()
        self._tint()
        self._describe()

    def _show_text(self) -> None:
        theme, style = Theme.current(), QTextCharFormat()
        style.setForeground(QBrush(theme.color("dim")))
        cursor = QTextCursor(self._view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.setBlockFormat(Styles(theme).block(line_px=round(theme.size("secondary") * LINE_HEIGHT)))
        cursor.insertText(wrappable(reveal_overrides("".join(self._text[self._shown :]))), style)
        self._shown = len(self._text)
        self._view.fit()

    def _describe(self) -> None:
        if self._begin is None:
            return
        if self._seconds is None:
            title = tr("Thinking… {seconds} s", seconds=int(time.monotonic() - self._begin))
        elif self._seconds < 1:
            title = tr("Thoughts")
        else:
            title = tr("Thought for {seconds} s", seconds=self._seconds)
        self._header.setText(title)
        self._header.setToolTip(tr("Hide the thinking") if self.unfolded else tr("Show the thinking"))
        running = self._seconds is None and not self.unfolded
        button = 0 if self._now.isHidden() else self._now.sizeHint().width() + SPACE_2
        room = max(0, self.width() - self._header.sizeHint().width() - button - SPACE_5)
        glimpse = reveal_overrides(self._last_line.strip()) if running else ""
        elided = self._glimpse.fontMetrics().elidedText(glimpse, Qt.TextElideMode.ElideRight, room)
        self._glimpse.setText(elided)

    def _tint(self) -> None:
        closed = "chevron-left" if self.isRightToLeft() else "chevron-right"
        side = Theme.current().icon_px(_CHEVRON_PX)
        self._header.setIconSize(QSize(side, side))
        self._header.setIcon(icon("chevron-down" if self.unfolded else closed, checked_role="dim", size=side))
        self._view.document().setDefaultFont(Theme.current().font("secondary"))
        self._view.document().clear()
        self._shown = 0
        if self.unfolded:
            self._show_text()
