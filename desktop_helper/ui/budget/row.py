"""One attachment among those that will be sent: what it is, what it costs, and what can be changed about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.clip_choice import percent
from desktop_helper.ui.budget.bar import Bar
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.notices import Line, Notices
from desktop_helper.ui.text_safety import reveal, tooltip, wrappable
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, set_role


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row says.

    Args:
        what: pages, pixels, letters; or that it is being read, or why it is refused.
        cost: in tokens; empty for what is not counted.
        share: of what the model can read; None if nobody knows.
        lines: what else is to be said.
        details: pixels to choose from, and the tokens that stand for them; the first is all that the model allows.
        detail: the chosen one.
        choose: label of the button for choosing pages or a part; empty for none.
        bad: whether it is refused.
    """

    what: str
    cost: str = ""
    share: float | None = None
    lines: tuple[Line, ...] = ()
    details: tuple[tuple[str, int | None], ...] = ()
    detail: int | None = None
    choose: str = ""
    bad: bool = False


class BudgetRow(QWidget):
    """Lives as long as its attachment.

    Signals:
        detail_chosen: tokens of each picture at most; None for all that the model allows.
        choose_requested, removed: a button was pressed.
    """

    detail_chosen = Signal(object)
    choose_requested = Signal()
    removed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = reveal(name)
        title = ElidedLabel(name)
        title.setToolTip(tooltip(name))
        set_role(title, "heading")
        self._cost, self._what, self._left_out = QLabel(), QLabel(), Notices()
        self._bar = Bar()
        self.details, self.choose_button = QComboBox(), QPushButton()
        self._steps: tuple[int | None, ...] = ()
        for label in (self._cost, self._what):
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_role(label, "secondary")
        self._what.setWordWrap(True)
        self.details.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.details.setAccessibleName(tr("Detail of {name}", name=name))
        self.details.setToolTip(tr("How large each picture goes; smaller ones cost less"))
        self.choose_button.setAccessibleDescription(name)
        self.remove_button = IconButton("close", tr("Remove {name}", name=name), size=24, icon_px=12)
        self.details.activated.connect(lambda place: self.detail_chosen.emit(self._steps[place]))
        self.choose_button.clicked.connect(self.choose_requested)
        self.remove_button.clicked.connect(self.removed)
        self._build(title)

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(filter(None, (self._what.text(), self._cost.text(), self._left_out.text())))

    def show_state(self, shown: Shown) -> None:
        """Say this."""
        self._what.setText(wrappable(shown.what))
        set_role(self._what, "bad" if shown.bad else "secondary")
        share = percent(shown.share) if shown.cost and shown.share is not None else ""
        self._cost.setText(" · ".join(filter(None, (shown.cost, share))))
        self._bar.show_shares(shown.share or 0.0)
        self._bar.setVisible(bool(share))
        self._left_out.show_lines((wrappable(reveal(line)), weight) for line, weight in shown.lines)
        self._show_details(shown.details, shown.detail)
        self.choose_button.setText(shown.choose)
        self.choose_button.setVisible(bool(shown.choose))

    def _build(self, title: QWidget) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_2, 0, SPACE_3)
        layout.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setSpacing(SPACE_3)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._cost)
        head.addWidget(self.remove_button)
        body = QHBoxLayout()
        body.setSpacing(SPACE_2)
        body.addWidget(self._what, 1)
        body.addWidget(self.details)
        body.addWidget(self.choose_button)
        layout.addLayout(head)
        layout.addLayout(body)
        layout.addWidget(self._bar)
        layout.addWidget(self._left_out)

    def _show_details(self, details: Sequence[tuple[str, int | None]], chosen: int | None) -> None:
        steps = tuple(step for _label, step in details)
        self.details.setVisible(len(details) > 1)
        with QSignalBlocker(self.details):
            labels = [label for label, _step in details]
            if [self.details.itemText(place) for place in range(self.details.count())] != labels:
                self.details.clear()
                self.details.addItems(labels)
            self._steps = steps
            if chosen in steps:
                self.details.setCurrentIndex(steps.index(chosen))
