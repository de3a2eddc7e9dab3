"""A tiny Qt program with hotkeys, for tests: `python -m tests.support.hotkey_app PROVIDER region=Ctrl+Shift+X ...`.

Prints one line for each thing that happens; ends at SIGTERM or when its standard input closes.
"""

from __future__ import annotations

import signal
import sys

from PySide6.QtCore import QCoreApplication, QSocketNotifier
from PySide6.QtGui import QGuiApplication

from desktop_helper.qt.hotkeys.manager import Hotkeys, plugs


def say(*words: object) -> None:
    print(*words, flush=True)


def main() -> int:
    app = QGuiApplication(sys.argv[:1])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    hotkeys = Hotkeys(find_plugs=lambda: [plug for plug in plugs() if plug.name == sys.argv[1]])
    hotkeys.activated.connect(lambda name: say("pressed", name))
    for problem in hotkeys.apply(dict(argument.split("=", 1) for argument in sys.argv[2:])):
        say("problem", problem.name, problem.message)
    hotkeys.lost.connect(lambda problem: say("lost", problem.name, problem.message))
    hotkeys.regained.connect(lambda name: say("regained", name))
    end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    end.activated.connect(QCoreApplication.quit)
    say("ready", hotkeys.provider_name)
    code = app.exec()
    hotkeys.close()
    say("closed")
    return code


if __name__ == "__main__":
    sys.exit(main())
