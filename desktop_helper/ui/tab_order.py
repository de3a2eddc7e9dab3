"""The way of the Tab key through a window whose parts come and go: Qt puts what is new at the end."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget


def put_last(window: QWidget, part: QWidget) -> None:
    """Let Tab reach everything in `part` after everything else in `window`, from top to bottom."""
    inside = [widget for widget in _chain(window) if part.isAncestorOf(widget)]
    inside.sort(key=lambda widget: widget.mapTo(window, widget.rect().topLeft()).y())  # what is in one row stays so
    for widget in inside:
        last = window.previousInFocusChain()
        if last is not None and last is not widget:
            QWidget.setTabOrder(last, widget)


def _chain(window: QWidget) -> Iterator[QWidget]:
    widget: QWidget | None = window.nextInFocusChain()
    while widget is not None and widget is not window:
        yield widget
        widget = widget.nextInFocusChain()
