"""The real application on a private X desktop, in a home of its own, looked at only from outside.

with x_rig(panel="tint2") as rig, running_app(rig, home, profile=server_profile(url)) as app:
    app.ask("What is this?")
    assert app.copied_answer() == app.stored_answer().message.text
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import tomlkit

from desktop_helper.core.messages import Role
from desktop_helper.services.history import History
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.services.paths import Paths
from tests.support.xrig import XRig, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]


def _tables() -> Iterator[dict[str, str]]:
    """What is translated, file by file."""
    for path in (ROOT / "resources" / "translations").glob("*/*.toml"):
        yield tomllib.loads(path.read_text(encoding="utf-8"))


TITLE = "Desktop Helper"
TITLES = frozenset({TITLE, *(table[TITLE] for table in _tables() if TITLE in table)})  # in every language


def server_profile(base_url: str, model: str) -> dict[str, str]:
    """A profile of the settings for a server on loopback."""
    return {"provider": "custom", "base_url": base_url, "model": model}


def gguf_profile(gguf: Path, mmproj: Path) -> dict[str, str]:
    """A profile of the settings for model files."""
    return {"provider": "local", "gguf": str(gguf), "mmproj": str(mmproj)}


class Desktop(Protocol):
    """What an app needs of a rig."""

    @property
    def env(self) -> dict[str, str]:
        """Of programs on it."""
        ...

    @property
    def log(self) -> Path:
        """What they say."""
        ...

    def spawn(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one."""
        ...


class RunningApp:
    """A running `desktop-helper` on any desktop: its trace, its history, its commands."""

    def __init__(
        self, desktop: Desktop, home: Path, trace: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self._desktop = desktop
        self.home = home
        self.paths = Paths.below(home)
        self.trace = trace or home / "trace.json"
        self.trace.unlink(missing_ok=True)  # of an earlier start
        self.env = {"DESKTOP_HELPER_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        self.env |= env or {}
        argv = [sys.executable, "-m", "desktop_helper", "--trace", str(self.trace)]
        self.process = desktop.spawn(argv, env=self.env, cwd=ROOT)
        wait_until(lambda: self.traced("start:complete") or self.process.poll() is not None, "the start", 30)
        assert self.process.poll() is None, desktop.log.read_text(errors="replace")

    def traced(self, name: str) -> list[dict[str, object]]:
        """The trace events called `name` so far."""
        if not self.trace.exists():
            return []
        lines = self.trace.read_text(encoding="utf-8").splitlines()[1:]
        events = [json.loads(line.rstrip(",")) for line in lines if line.endswith(",")]
        return [event for event in events if event["name"] == name]

    def stored(self) -> list[StoredMessage]:
        """The newest conversation, from the file."""
        history = History(self.paths.history_file, self.paths.blob_dir)
        try:
            latest = history.latest()
            return history.messages(latest) if latest is not None else []
        finally:
            history.close()

    def answers(self) -> list[StoredMessage]:
        """The answers in the newest conversation."""
        return [stored for stored in self.stored() if stored.message.role is Role.ASSISTANT]

    def wait_answer(self, count: int = 1, timeout_s: float = 60.0) -> StoredMessage:
        """The last of `count` answers, when it is over."""

        def finished() -> StoredMessage | None:
            answers = self.answers()
            return answers[-1] if len(answers) >= count and answers[-1].status != "open" else None

        deadline = time.monotonic() + timeout_s
        while (answer := finished()) is None:
            assert time.monotonic() < deadline, f"answer {count} did not end: {self.answers()}"
            time.sleep(0.2)
        time.sleep(0.2)  # the last events are on their way to the window
        return answer

    def wait_text(self, characters: int = 1) -> None:
        """Return when the running answer has at least so many characters."""
        wait_until(lambda: self.answers() and len(self.answers()[-1].message.text) >= characters, "some text", 60)

    def kill(self) -> None:
        """As a power-user would: -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def quit(self) -> int:
        """`desktop-helper trigger quit`; the exit code."""
        self.command("trigger", "quit")
        return self.process.wait(15)

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `desktop-helper` beside it."""
        argv = [sys.executable, "-m", "desktop_helper", *arguments]
        return subprocess.run(
            argv, env=self._desktop.env | self.env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=check
        )


class App(RunningApp):
    """The same under X11. The window is read as a user would: by its pixels, its title and its Copy key."""

    def __init__(self, rig: XRig, home: Path, trace: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        super().__init__(rig, home, trace, env)
        self.rig = rig

    def pick_region(self, start: tuple[int, int] = (100, 100), end: tuple[int, int] = (420, 300)) -> None:
        """Hotkey, drag; returns when the chat has the keyboard."""
        shown = len(self.traced("overlay:shown"))
        self.rig.key("ctrl+shift+x")
        wait_until(lambda: len(self.traced("overlay:shown")) > shown, "the overlay")
        self.rig.drag(start, end)
        self.wait_focus()

    def wait_focus(self) -> int:
        """The chat window, when it has the keyboard, in whatever language."""
        x11 = self.rig.x11
        # Qt adds the app's name to other windows' titles, so only the whole title tells.
        wait_until(
            lambda: (active := x11.active_window()) and x11.title(active) in TITLES, "the chat to have the keyboard"
        )
        return x11.active_window()

    def ask(self, question: str) -> None:
        """Type a question into the chat, which has the keyboard, and send it."""
        self.rig.type_text(question)
        self.rig.key("Return")

    def copied_answer(self) -> str:
        """What the window's own Copy key puts into the clipboard: the last answer as it is shown."""
        subprocess.run(["xclip", "-selection", "clipboard", "/dev/null"], env=self.rig.env, check=True, timeout=10)
        self.rig.key("ctrl+shift+c")
        return wait_until(self._clipboard, "the answer in the clipboard")

    def _clipboard(self) -> str:
        done = subprocess.run(
            ["xclip", "-selection", "clipboard", "-o"], env=self.rig.env, capture_output=True, text=True, timeout=10
        )
        return done.stdout


@contextmanager
def running_app(
    rig: XRig, home: Path, *, profile: Mapping[str, str], max_tokens: int | None = 160, language: str = "en"
) -> Iterator[App]:
    """Start the app with one model profile; it is ended, whatever happens."""
    write_settings(home, profile, max_tokens=max_tokens, language=language)
    app = App(rig, home)
    try:
        yield app
    finally:
        rig.screenshot(home / "last.png")  # what to look at when a test fails
        stop(app.process)


def write_settings(
    home: Path, profile: Mapping[str, str], *, max_tokens: int | None = 160, language: str = "en", theme: str = "light"
) -> None:
    """What the settings window would have written."""
    answer = {"max_tokens": max_tokens} if max_tokens else {}
    settings = {
        "active_profile": "test",
        "general": {"language": language, "theme": theme},
        "answer": answer,
        "profiles": {"test": dict(profile)},
    }
    path = Paths.below(home).settings_file
    os.makedirs(path.parent, exist_ok=True)
    path.write_text(tomlkit.dumps(settings), encoding="utf-8")
