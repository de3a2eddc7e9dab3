"""The yardstick of a stall: a window that sets the whole answer again for each chunk stands still for so long.

Reads Markdown from standard input, sets it a few times, and prints the median in milliseconds
of CPU.
"""

from __future__ import annotations

import statistics
import sys
import time

from PySide6.QtWidgets import QApplication, QTextBrowser

TIMES = 5


def main() -> None:
    """Set and paint it."""
    source = sys.stdin.read()
    app = QApplication([])
    view = QTextBrowser()
    view.resize(460, 700)
    view.show()
    app.processEvents()
    found = []
    for _ in range(TIMES):
        begin = time.thread_time()
        view.setMarkdown(source)
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
        app.processEvents()
        found.append((time.thread_time() - begin) * 1e3)
    print(statistics.median(found))


if __name__ == "__main__":
    main()
