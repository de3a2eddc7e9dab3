"""“Exporting message 3 of 40. Stop”: below the list of conversations, while one of them is exported."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.announce import announce
from desktop_helper.ui.archive.porter import Porter
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import SPACE_2, set_role

AFTER_MS = 300  # most exports are over by then, and nothing flashes


class ExportBar(QWidget):
    """Shows itself.

    Args:
        porter: exports, and is stopped here.
        list_: gets the keyboard back from the button.
    """

    def __init__(self, porter: Porter, list_: QWidget) -> None:
        super().__init__()
        self._list = list_
        self.words = ElidedLabel()
        set_role(self.words, "secondary")
        self.button = QPushButton(tr("Stop"))
        self.button.setAccessibleName(tr("Stop the export"))
        self.button.setToolTip(tr("Stop the export"))
        set_role(self.button, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_2, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.words)
        row.addStretch(1)
        row.addWidget(self.button)
        self._soon = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._soon.timeout.connect(self._show)
        self.button.clicked.connect(porter.stop)
        porter.began.connect(self._on_began)
        porter.progressed.connect(self._say)
        for over in (porter.done, porter.failed, porter.stopped):
            over.connect(self._on_over)
        self.hide()

    def _on_began(self) -> None:
        self._say(tr("Exporting…"))
        self._soon.start()

    def _say(self, words: str) -> None:
        self.words.set_full_text(words)
        self.words.setToolTip(tooltip(words))

    def _show(self) -> None:
        self.show()
        announce(self, self.words.full_text)

    def _on_over(self) -> None:
        self._soon.stop()
        if self.window().focusWidget() is self.button:  # a dialog may have been in front of it
            self._list.setFocus()
        self.hide()
