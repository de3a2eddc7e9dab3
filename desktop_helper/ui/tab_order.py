"""The way of the Tab key through a window whose parts come and go: Qt puts what is new at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_last(window: QWidget, part: QWidget) -> None:
    """Let Tab reach everything in `part` after everything else in `window`, from top to bottom, as one reads.

    The chain is not walked: PySide takes what `nextInFocusChain` returns for a child of the widget that was asked.
    When a message goes, what followed it would go for Python, too, such as the scroll bar of the list, and the next
    event for that ends the app.
    """
    stops = [widget for widget in part.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    stops.sort(key=lambda widget: _place(window, widget))
    for widget in stops:
        last = window.previousInFocusChain()
        if last is not None and last is not widget:
            QWidget.setTabOrder(last, widget)


def _place(window: QWidget, widget: QWidget) -> tuple[int, int]:
    at = widget.mapTo(window, widget.rect().topLeft())
    return at.y(), -at.x() if window.isRightToLeft() else at.x()
