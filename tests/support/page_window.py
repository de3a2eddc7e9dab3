"""A window of another program with words in it: `python -m tests.support.page_window WORDS`."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel

TITLE = "A page"


def main() -> int:
    """Show it until it is ended."""
    app = QApplication([])
    label = QLabel(sys.argv[1])
    label.setStyleSheet("background: white; color: black; font-size: 30px; padding: 60px")
    label.setWindowTitle(TITLE)
    label.show()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
