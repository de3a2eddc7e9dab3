"""How large a dialog with text that wraps is at first.

Qt makes it as wide as its widest line would like to be, as high as the text is at that width, and then narrower than
that if it is more than two thirds of the screen: large text, or a long title, and what stands in it is cut off.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_helper.qt.screens import screen_of


def fit_height(dialog: QWidget) -> None:
    """No wider than it must be, and as high as its text is then. Call it before Qt shows and places the dialog."""
    layout = dialog.layout()
    if layout is None:
        return
    width = max(dialog.minimumWidth(), layout.totalMinimumSize().width())
    height = min(layout.totalHeightForWidth(width), screen_of(dialog).availableSize().height())
    dialog.resize(width, height)
