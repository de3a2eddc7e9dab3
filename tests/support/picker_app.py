"""A process with nothing but the region picker: `python -m tests.support.picker_app FOLDER`.

It opens the overlay in the mode that it finds in FOLDER/ask, says one line for everything that happens, and leaves
what was picked in FOLDER/picked.png. It ends at SIGTERM.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop_helper.capture.mss_source import SOURCE
from desktop_helper.core.protocols import Frame
from desktop_helper.services import pictures
from desktop_helper.ui.region_picker import RegionPicker


def say(*words: object) -> None:
    print(*words, flush=True)


def main() -> int:
    folder = Path(sys.argv[1])
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    picker = RegionPicker(SOURCE.create())

    def on_picked(frame: Frame, name: str) -> None:
        (folder / "picked.png").write_bytes(pictures.to_png(frame))
        rect = frame.rect
        say("picked", f"{rect.x},{rect.y},{rect.width},{rect.height}", name)

    def on_deed(deed: str, frame: Frame, _name: str) -> None:
        (folder / "picked.png").write_bytes(pictures.to_png(frame))
        say("deed", deed)

    def look() -> None:
        ask = folder / "ask"
        if ask.exists() and (mode := ask.read_text()):
            ask.unlink()
            picker.open(mode)

    picker.picked.connect(on_picked)
    picker.deed.connect(on_deed)
    picker.later.connect(lambda seconds: say("later", seconds))
    picker.cancelled.connect(lambda: say("cancelled"))
    picker.shown.connect(lambda: say("shown"))
    picker.screens_changed.connect(lambda: say("changed"))
    picker.warm_up()
    timer = QTimer(interval=10)
    timer.timeout.connect(look)
    timer.start()
    say("ready")
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
