"""What to ask about a region that is to be watched, when, and how often at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from desktop_helper.core.i18n import tr
from desktop_helper.core.watch import Rule
from desktop_helper.qt.x11_focus import X11Focus
from desktop_helper.services.screen_settings import WatchSettings
from desktop_helper.ui.floating_card import FloatingCard
from desktop_helper.ui.settings.page import QuietCombo
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, Theme, set_role
from desktop_helper.ui.watch import words

WIDTH = 420
_QUESTIONS, _MINUTES = (1, 3, 5, 10, 20, 50), (10, 30, 60, 240, 720)
T = TypeVar("T")
_TOKENS = (50_000, 200_000, 1_000_000, 0)


class WatchSetup(FloatingCard):
    """A card beside the region. The user has just chosen that, so it takes the keyboard.

    Args:
        settings: what was chosen the last time.
        refused: why nothing can be asked about pictures now; empty if it can.

    Signals:
        started: `WatchSettings` to watch with.
        cancelled: they changed their mind.
    """

    started = Signal(object)
    cancelled = Signal()

    def __init__(self, settings: WatchSettings, refused: str = "") -> None:
        super().__init__(tr("Watch this region"))
        self._refused = refused
        self._settings, self._focus, self._wants_keyboard = settings, X11Focus(), False
        self.question = QLineEdit(settings.question)
        self.question.setPlaceholderText(words.usual_question())
        self.question.setAccessibleName(tr("Question"))
        rules = {Rule.REST.value: tr("when it comes to rest"), Rule.CHANGE.value: tr("when it changes")}
        self.rule = _combo(rules, settings.rule, tr("When to ask"))
        questions = {count: _questions(count) for count in (*_QUESTIONS, settings.questions)}
        minutes = {count: _minutes(count) for count in (*_MINUTES, settings.minutes)}
        tokens = {count: _tokens(count) for count in (*_TOKENS, settings.tokens)}
        self.questions = _combo(questions, settings.questions, tr("Questions at most"))
        self.minutes = _combo(minutes, settings.minutes, tr("For how long"))
        self.tokens = _combo(tokens, settings.tokens, tr("Tokens at most"))
        self._build()
        QShortcut(QKeySequence("Esc"), self, self.cancelled.emit)

    def present(self) -> None:
        """Show it, ready to type."""
        self._wants_keyboard = True
        self.show()
        self.raise_()
        self.activateWindow()
        self.question.setFocus()
        self.question.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keyboard as soon as the window is on the screen: window managers ignore the wish before that."""
        if watched is self.windowHandle() and event.type() == QEvent.Type.Expose and self._wants_keyboard:
            self._wants_keyboard = False
            self._focus.activate(int(self.winId()))
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on there is a native window."""
        self.windowHandle().installEventFilter(self)
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes it from outside."""
        event.ignore()
        self.cancelled.emit()

    def dispose(self) -> None:
        """It is not needed any more."""
        self.hide()
        self._focus.close()
        self.deleteLater()

    def _start(self) -> None:
        if self._refused:
            return
        self.started.emit(
            replace(
                self._settings,
                question=self.question.text().strip(),
                rule=str(self.rule.currentData()),
                questions=int(self.questions.currentData()),
                minutes=int(self.minutes.currentData()),
                tokens=int(self.tokens.currentData()),
            )
        )

    def _build(self) -> None:
        column = QVBoxLayout(self.card)
        column.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        column.setSpacing(SPACE_2)
        title = QLabel(tr("Watch this region, and ask"))
        set_role(title, "heading")
        column.addWidget(title)
        column.addWidget(self.question)
        column.addWidget(self.rule)
        column.addSpacing(SPACE_1)
        column.addLayout(self._limits())
        if self._refused:
            column.addSpacing(SPACE_1)
            column.addWidget(_reason(self._refused))
        column.addSpacing(SPACE_2)
        column.addLayout(self._buttons())
        self.card.setFixedWidth(Theme.current().px(WIDTH))
        self.adjustSize()

    def _limits(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_2)
        grid.setVerticalSpacing(SPACE_1)
        for number, combo in enumerate((self.questions, self.minutes, self.tokens)):
            name = QLabel(combo.accessibleName())
            name.setBuddy(combo)
            set_role(name, "secondary")
            grid.addWidget(name, 0, number)
            grid.addWidget(combo, 1, number)
            grid.setColumnStretch(number, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        cancel, start = QPushButton(tr("Cancel")), QPushButton(tr("Watch"))
        cancel.setToolTip(tr("Cancel (Esc)"))
        start.setToolTip(tr("Watch (Enter)"))
        set_role(start, "primary")
        start.setEnabled(not self._refused)
        if self._refused:
            start.setToolTip(self._refused)
            self.setAccessibleDescription(self._refused)
            self.question.setAccessibleDescription(self._refused)
        cancel.clicked.connect(self.cancelled)
        start.clicked.connect(self._start)
        self.question.returnPressed.connect(self._start)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(start)
        return row


def _reason(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "bad")
    return label


def _combo(choices: Mapping[T, str], chosen: T, name: str) -> QuietCombo:
    combo = QuietCombo()
    combo.setMinimumContentsLength(4)
    combo.setAccessibleName(name)
    for value, text in choices.items():
        combo.addItem(text, value)
    combo.setCurrentIndex(list(choices).index(chosen))
    return combo


def _questions(count: int) -> str:
    return str(count)


def _minutes(minutes: int) -> str:
    if minutes % 60 == 0:
        return tr("{count} h", count=minutes // 60)
    return tr("{count} min", count=minutes)


def _tokens(tokens: int) -> str:
    return f"{tokens:,}" if tokens else tr("No limit")
