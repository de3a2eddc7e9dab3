"""The window that shows what will be sent with the next question."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services.budget import Budget
from desktop_helper.services.budget_table import sum_of
from desktop_helper.services.clip_choice import percent
from desktop_helper.ui.announce import announce
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.budget.bar import Bar
from desktop_helper.ui.budget.row import BudgetRow, Shown
from desktop_helper.ui.choice_window import ChoiceWindow, head, plain
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.text_safety import reveal, wrappable
from desktop_helper.ui.theme import SPACE_2, SPACE_4, set_role

_SIZE = QSize(640, 560)


class BudgetWindow(ChoiceWindow):
    """Stays open while the question is changed, and follows it.

    Args:
        chat: the chat's window.

    Signals:
        row_made: an `AttachmentChip` and its `BudgetRow`.
        fit_accepted, undo_requested: a button or its key was pressed.
    """

    row_made = Signal(object, object)
    fit_accepted = Signal()
    undo_requested = Signal()
    enter_takes = False

    def __init__(self, chat: QWidget) -> None:
        super().__init__(chat, tr("Make it fit"), tr("Close"))
        self.rows: dict[AttachmentChip, BudgetRow] = {}
        self._model, self._empty, self._others = ElidedLabel(""), QLabel(), QLabel()
        self._bar, self._sum, self._advice = Bar(8), QLabel(), QLabel()
        self.undo_button = QPushButton(tr("Undo"))
        self._list = QVBoxLayout()
        self.setWindowTitle(tr("What will be sent"))
        self._build()
        self.undo_button.clicked.connect(self.undo_requested)
        QShortcut(QKeySequence("Ctrl+Z"), self, self._undo)
        self.take_room(_SIZE, self.minimumSizeHint())

    @property
    def said(self) -> str:
        """The sum, and what is advised."""
        return sentences(self._sum.text(), self._advice.text())

    def show_budget(
        self, budget: Budget, model: str, shown: Mapping[AttachmentChip, Shown], advice: str, *, fits: bool, undo: bool
    ) -> None:
        """Say this.

        Args:
            budget: of the whole question.
            model: who would read it.
            shown: attachments, in their order, and what is said of each.
            advice: how it would fit, or why it does not; empty if it does.
            fits: whether the advice can be taken.
            undo: whether something was changed here.
        """
        estimate = budget.estimate
        self._model.set_full_text(reveal(model))
        self._show_rows(shown)
        self._empty.setVisible(not shown)
        self._others.setText("\n".join(self._other_lines(budget)))
        self._others.setVisible(bool(self._others.text()))
        pieces = [*(item.expected for item in budget.items), estimate.conversation, estimate.text_cost]
        shares = [budget.share(tokens) or 0.0 for tokens in pieces]
        self._bar.show_shares(*shares, role="bad" if estimate.refused else "accent")
        self._bar.setVisible(bool(estimate.limit))  # without a whole, a bar says nothing
        self._sum.setText(" · ".join(filter(None, (sum_of(budget), budget.cost()))))
        set_role(self._sum, "bad" if estimate.refused else "heading")
        advice = "\n".join(wrappable(reveal(line)) for line in advice.splitlines())
        changed = advice != self._advice.text()
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._keep_focus((self.take_button, fits), (self.undo_button, undo))
        if changed:
            announce(self, self.said)

    # --- parts ---

    def _build(self) -> None:
        self.take_button.setToolTip(tr("Change the attachments like this (Ctrl+Enter)"))
        self.undo_button.setToolTip(tr("Undo the last change here (Ctrl+Z)"))
        self.cancel_button.setToolTip(tr("Back to the question (Esc)"))
        plain(self._sum, "heading")
        plain(self._advice, "secondary")
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_2)
        foot.addWidget(self.undo_button)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.take_button)
        bar = head(QLabel(tr("What will be sent")), self._model)
        self.lay_out(bar, self._build_list(), (self._bar, self._sum, self._advice, foot))

    def _build_list(self) -> QWidget:
        scroll, inner = QScrollArea(), QWidget()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_role(inner, "scroll")
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(SPACE_4, SPACE_2, SPACE_4, SPACE_2)
        self._empty.setText(tr("Nothing is attached. Files and pictures of the next question are counted here."))
        self._empty.setWordWrap(True)
        set_role(self._empty, "dim")
        set_role(self._others, "secondary")
        outer.addWidget(self._empty)
        outer.addLayout(self._list)
        outer.addWidget(self._others)
        outer.addStretch(1)
        scroll.setWidget(inner)
        return scroll

    # --- what is shown ---

    def _show_rows(self, shown: Mapping[AttachmentChip, Shown]) -> None:
        for chip in [chip for chip in self.rows if chip not in shown]:
            row = self.rows.pop(chip)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, (chip, state) in enumerate(shown.items()):
            if chip not in self.rows:
                self.rows[chip] = BudgetRow(chip.name)
                self.row_made.emit(chip, self.rows[chip])
            row = self.rows[chip]
            if self._list.indexOf(row) != place:
                self._list.removeWidget(row)
                self._list.insertWidget(place, row)
            row.show_state(state)
        self._order()

    def _order(self) -> None:
        """Tab goes through the rows as they stand."""
        before: QWidget | None = None
        for row in self.rows.values():
            for widget in (row.remove_button, row.details, row.choose_button):
                if before is not None:
                    self.setTabOrder(before, widget)
                before = widget

    def _other_lines(self, budget: Budget) -> list[str]:
        estimate, told = budget.estimate, []
        if estimate.conversation:
            told.append(tr("Conversation so far: {count} tokens", count=f"{estimate.conversation:,}"))
        if estimate.text.strip():
            told.append(tr("Your text: about {count} tokens", count=f"{estimate.text_cost:,}"))
        if not estimate.limit:
            told.append(tr("Nobody has said how much this model can read."))
        if told and (share := budget.share(estimate.conversation)) is not None and estimate.conversation:
            told[0] = f"{told[0]} · {percent(share)}"
        return told

    def _keep_focus(self, *buttons: tuple[QPushButton, bool]) -> None:
        """A button that goes hands the keyboard to the one that stays."""
        for button, usable in buttons:
            if not usable and button.hasFocus():
                self.cancel_button.setFocus()
            button.setVisible(usable)

    def take(self) -> None:
        """What is advised; the window stays."""
        if self.take_button.isVisible():
            self.fit_accepted.emit()

    def _undo(self) -> None:
        if self.undo_button.isVisible():
            self.undo_requested.emit()
