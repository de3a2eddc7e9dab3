"""The yardstick of the start and of the memory: a window with one QTextBrowser, and nothing else of ours.

Prints when it was painted for the first time (microseconds of the monotonic clock) and the CPU it had used by then
(milliseconds), then stays. Run as a script, so that it imports no package of ours.
"""

from __future__ import annotations

import time

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QTextBrowser


class Browser(QTextBrowser):
    """Says when it is seen."""

    seen = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and say so once."""
        super().paintEvent(event)
        if not self.seen:
            self.seen = True
            print(time.monotonic_ns() // 1000, time.process_time() * 1e3, flush=True)


def main() -> None:
    """Show it until the process is ended."""
    app = QApplication([])
    window = Browser()
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
