"""Places widgets anew at once, where waiting would be seen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def relayout_around(widget: QWidget) -> None:
    """Make room for a widget whose size has changed.

    Qt does so widget by widget, each when its event comes, and may paint in between: one over the other.
    """
    around = widget.parentWidget()
    while around is not None:
        layout = around.layout()
        if layout is not None:
            layout.activate()
        around = None if around.isWindow() else around.parentWidget()
