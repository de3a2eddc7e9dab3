"""The whole app with a user who never sleeps: `python -m tests.support.soak_app QUESTIONS`, for `test_soak`.

Everything is as in `ui.app.run`, but questions, pictures, stops and new conversations come from `User` instead of a
mouse. Each line that it prints is a JSON object: what the process holds at that moment (`Held`), or a question that
was never answered.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QImage

from desktop_helper.bootstrap import build_services
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.garbage import GarbageCollection
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.ui.app import _application
from desktop_helper.ui.chat import Chat
from desktop_helper.ui.shell import Shell
from desktop_helper.ui.theme import Theme

PER_TALK = 25  # questions of a conversation
STOPPED = 13  # of each `CYCLE`, this one is stopped when its first words are there
CYCLE = 20
WIDTH, HEIGHT = 480, 270
_POLL_MS, _PATIENCE_S = 5, 60.0


class User(QObject):
    """Asks one question after the other, a conversation now and then, with a picture in each."""

    def __init__(self, shell: Shell, collection: GarbageCollection, folder: Path, questions: int) -> None:
        super().__init__()
        self._shell, self._collection, self._folder = shell, collection, folder
        self._answers = 0
        self._chat: Chat = shell.chat()
        self._chat.answered.connect(self._on_answered)
        self._deeds = self._days_work(questions)
        self._until: Callable[[], bool] = lambda: True
        self._deadline = 0.0
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def _days_work(self, questions: int) -> Generator[Callable[[], bool]]:
        """Does things, and says until when to wait after each."""
        composer = self._chat.window.composer
        for number in range(questions):
            if number % PER_TALK == 0:
                self._shell.perform("new")
                yield lambda: True
                self._collection.collect_all()
                say(questions=number, **held())
            self._attach(number)
            yield lambda: bool(composer.media)
            composer.edit.setPlainText(f"What is in picture {number}?")
            composer.submit()
            asked = number + 1
            if number % CYCLE == STOPPED:
                yield lambda: bool(self._chat.window.messages.messages()[-1].markdown())
                composer.stop_requested.emit()
            yield lambda asked=asked: self._answers >= asked  # type: ignore[misc]
        self._shell.perform("new")
        yield lambda: True
        self._collection.collect_all()
        say(questions=questions, **held())
        self._shell.quit()

    def _attach(self, number: int) -> None:
        """A captured frame, a file or something from the clipboard."""
        if number % 3 == 0:
            pixels = bytes((number % 256, number // 256, 80, 255)) * (WIDTH * HEIGHT)
            self._chat.attach_frame(Frame(pixels, Rect(0, 0, WIDTH, HEIGHT)), f"Screen {number}")
            return
        picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        picture.fill(QColor(number % 256, number // 256, 20))
        if number % 3 == 1:
            path = self._folder / f"picture {number % 7}.png"
            picture.save(str(path))
            self._chat.window.files_dropped.emit([path])
        else:
            self._chat.window.composer.picture_pasted.emit(picture)

    def _go_on(self) -> None:
        if not self._until():
            if time.monotonic() > self._deadline:
                say(stuck=self._answers)
                self._timer.stop()
                self._shell.quit()
            return
        self._deadline = time.monotonic() + _PATIENCE_S
        self._until = next(self._deeds, lambda: True)

    def _on_answered(self, _text: str, _end: object) -> None:
        self._answers += 1


def held() -> dict[str, object]:
    """Memory in MB, threads, open files and sockets, and how many temporary files there are."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    handles = []
    for entry in os.listdir("/proc/self/fd"):
        try:
            handles.append(os.readlink(f"/proc/self/fd/{entry}"))
        except OSError:  # the one that listed them
            continue
    return {
        "mb": pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "native_threads": len(os.listdir("/proc/self/task")),
        "handles": sorted(handles),
        "temporary": sorted(path.name for path in Path(os.environ["TMPDIR"]).rglob("*")),
    }


def say(**what: object) -> None:
    """One line for the test."""
    print(json.dumps(what), flush=True)


def main() -> int:
    """Run until all questions are answered."""
    services = build_services()
    app = _application()
    collection = GarbageCollection(app)
    try:
        services.prepare()
        Theme.current("light")
        instance = InstanceServer(services.paths)
        assert instance.acquire()
        shell = Shell(services, instance)
        shell.start()
        user = User(shell, collection, Path(os.environ["TMPDIR"]).parent, int(sys.argv[1]))
        code = app.exec()
        user.deleteLater()
        return code
    finally:
        services.close()


if __name__ == "__main__":
    sys.exit(main())
