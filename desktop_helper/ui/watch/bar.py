"""The bar beside a region that is watched: what goes on, and buttons for the answers and the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QMouseEvent, QShortcut, QWindow
from PySide6.QtWidgets import QHBoxLayout, QLabel

from desktop_helper.core.i18n import tr
from desktop_helper.services.watch_budget import Limits
from desktop_helper.ui.floating_card import FloatingCard
from desktop_helper.ui.icons import ICON_PX, IconButton, pixmap
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role
from desktop_helper.ui.watch import words


class WatchBar(FloatingCard):
    """Shows itself without taking the keyboard; a click gives it the keyboard, dragging moves it.

    Args:
        question: what is asked.
        limits: what ends it.

    Signals:
        stop_requested, answers_requested: as they say.
    """

    stop_requested = Signal()
    answers_requested = Signal()

    def __init__(self, question: str, limits: Limits) -> None:
        super().__init__(tr("Watching a region"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._limits = limits
        self._icon, self._words, self._left = QLabel(), QLabel(), QLabel()
        self._words.setToolTip(tooltip(reveal(question)))
        set_role(self._words, "heading")
        set_role(self._left, "secondary")
        self._answers = IconButton("chat", tr("Show the answers (Enter)"))
        self._stop = IconButton("stop", tr("Stop watching (Esc)"), role="on_accent")
        self._build()
        self.show_state(0, limits.minutes * 60, answering=False)
        # Not a button: where the compositor gives it the keyboard unasked, a space that is typed must not stop it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        # The chat, and answers at a region, may be kept above others, too, and come up when they are used.
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._stay_in_front)

    def show_state(self, asked: int, left_s: float, *, answering: bool) -> None:
        """How far it is."""
        self._words.setText(words.progress(asked, self._limits.questions, answering=answering))
        self._left.setText(words.left(left_s))
        self._answers.setEnabled(asked > 0)
        self.setAccessibleDescription(f"{self._words.text()}, {self._left.text()}")

    # --- events ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Its keys work from now on."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.activateWindow()
            self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it out of the way. Not at the press: a window manager that moves it would take the keys."""
        handle = self.windowHandle()
        if event.buttons() & Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes it from outside."""
        event.ignore()
        self.stop_requested.emit()

    # --- parts ---

    def _build(self) -> None:
        row = QHBoxLayout(self.card)
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        row.setSpacing(SPACE_1)
        row.addWidget(self._icon)
        row.addSpacing(SPACE_1)
        row.addWidget(self._words)
        row.addStretch(1)
        row.addSpacing(SPACE_2)
        row.addWidget(self._left)
        row.addSpacing(SPACE_1)
        for button in (self._answers, self._stop):
            row.addWidget(button)
        self._answers.clicked.connect(self.answers_requested)
        self._stop.clicked.connect(self.stop_requested)
        for keys, button in (("Esc", self._stop), ("Return", self._answers)):
            QShortcut(QKeySequence(keys), self, button.click)
        Theme.current().changed.connect(self._tint)
        self._tint()

    def _stay_in_front(self, window: QWindow | None) -> None:
        if window is not None and self.isVisible():
            self.raise_()

    def _tint(self) -> None:
        side = Theme.current().icon_px(ICON_PX)
        self._icon.setPixmap(pixmap("eye", "accent", side, self._icon.devicePixelRatioF()))
        # Nothing moves while it counts.
        most, metrics = self._limits.questions, self._words.fontMetrics()
        said = [words.progress(most, most, answering=answering) for answering in (True, False)]
        self._words.setMinimumWidth(max(metrics.horizontalAdvance(one) for one in said))
        self._left.setMinimumWidth(self._left.fontMetrics().horizontalAdvance(words.left(self._limits.minutes * 60)))
        self.adjustSize()
