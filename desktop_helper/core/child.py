"""Child processes that do what may crash, hang or eat memory: models, file converters, recorders.

The parent's half. The child's half is `core.child_side`. They exchange `core.frames` over the child's standard input
and output; whatever the child and its C libraries print goes to a log file of limited size. The child ends when its
input closes, so a parent that is killed leaves no orphan.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from desktop_helper.core.child_exit import exit_reason
from desktop_helper.core.child_side import MEMORY_ENV
from desktop_helper.core.frames import Frame, FrameError, read_frame, write_frame
from desktop_helper.core.i18n import tr

_SECRET_NAME = re.compile("(^|_)KEYS?(_|$)|APIKEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")
LOG_LIMIT = 1024 * 1024  # bytes; the log before the last start is kept beside it as `.1`
_MAX_WAITING = 64  # frames of a child that sends faster than we read; then its pipe fills and it waits
_END = None
_CREATION_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class ChildDied(Exception):
    """The child is gone. `reason` is a clause for the user, e.g. "it was ended by signal 6 (abort)"."""

    def __init__(self, reason: str, exit_code: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exit_code = exit_code


class ChildTimeout(Exception):
    """Nothing arrived in time; the child still runs."""


def child_argv(module: str, *arguments: str) -> list[str]:
    """The command that runs `module` as a child: `python -m`, or this very program in a frozen build."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", module, *arguments]
    # -P: a folder that the user happens to stand in must not put its json.py in front of Python's.
    return [sys.executable, "-P", "-m", module, *arguments]


class ChildProcess:
    """One running child. All methods may be called from any thread; `receive` from one at a time.

    Args:
        argv: the command, usually `child_argv(module)`.
        log_file: where standard error goes; None throws it away.
        env: added to our own environment, which it gets without keys and passwords.
        cwd: working folder of the child.
        memory_limit: bytes of address space the child may take (POSIX; elsewhere without effect).
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log_file: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        memory_limit: int | None = None,
    ) -> None:
        self._outgoing: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._incoming: queue.Queue[Frame | None] = queue.Queue(_MAX_WAITING)
        self._closing = threading.Event()
        self._broken = ""
        self._process = _spawn(argv, _environment(env, memory_limit), cwd)
        self._threads = [
            threading.Thread(target=self._write, name="child-write", daemon=True),
            threading.Thread(target=self._read, name="child-read", daemon=True),
            threading.Thread(target=self._log, args=(log_file,), name="child-log", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> ChildProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def send(self, header: dict[str, Any], *payloads: bytes) -> None:
        """Queue a frame; never blocks. That the child is gone is told by the next `receive`."""
        self._outgoing.put(Frame(header, payloads))

    def receive(self, timeout: float | None = None) -> Frame:
        """The next frame from the child.

        Raises:
            ChildTimeout: nothing came within `timeout` seconds.
            ChildDied: the child has ended, and all it sent was received.
        """
        try:
            frame = self._incoming.get(timeout=timeout)
        except queue.Empty:
            raise ChildTimeout from None
        if frame is _END:
            with contextlib.suppress(queue.Full):
                self._incoming.put_nowait(_END)
            raise ChildDied(*self._autopsy())
        return frame

    def kill(self) -> None:
        """End the child and whatever it has started, at once."""
        if self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self, grace: float = 1.0) -> None:
        """Let the child end by closing its input, kill it after `grace` seconds. May be called twice."""
        self._closing.set()
        self._outgoing.put(_END)
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        for thread in self._threads:
            while thread.is_alive() and thread is not threading.current_thread():
                with contextlib.suppress(queue.Empty):  # a reader that waits for room
                    self._incoming.get_nowait()
                thread.join(0.01)
        with contextlib.suppress(queue.Full):
            self._incoming.put_nowait(_END)  # whoever still waits in `receive` learns that it is over

    def _autopsy(self) -> tuple[str, int | None]:
        """Why the child ended. One that closed its output but lives on is of no use: it is killed."""
        if self._broken:
            self.kill()
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        return (self._broken or exit_reason(code)), code

    def _write(self) -> None:
        stdin = _pipe(self._process.stdin)
        try:
            while (frame := self._outgoing.get()) is not _END:
                write_frame(stdin, frame.header, *frame.payloads)
        except FrameError:
            self._broken = tr("it was sent more than fits into one message")
            self.kill()
        except OSError:
            pass  # the child is gone; the reader sees its end
        with contextlib.suppress(OSError):  # flushes what the pipe no longer takes
            stdin.close()

    def _read(self) -> None:
        stdout = _pipe(self._process.stdout)
        with stdout:
            try:
                while (frame := read_frame(stdout)) is not None:
                    if not self._closing.is_set():  # then nobody reads it
                        self._incoming.put(frame)
            except (FrameError, OSError):
                if not self._closing.is_set() and self._process.poll() is None:
                    self._broken = tr("it sent something unreadable")
                    self.kill()
        self._incoming.put(_END)

    def _log(self, log_file: Path | None) -> None:
        stderr = _pipe(self._process.stderr)
        with stderr, contextlib.ExitStack() as stack:
            log: IO[bytes] | None = None
            room = LOG_LIMIT
            with contextlib.suppress(OSError):  # nobody waits for the log, but the child for somebody who reads
                log = stack.enter_context(_open_log(log_file)) if log_file else None
            while piece := os.read(stderr.fileno(), 65536):
                if log is not None and room > 0:
                    with contextlib.suppress(OSError):
                        log.write(piece[:room])
                    room -= len(piece)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # Popen was asked for all three
        raise RuntimeError("the child has no pipe")
    return stream


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # another process of ours may hold it open on Windows
        path.replace(path.with_name(path.name + ".1"))
    log = path.open("ab", buffering=0)
    log.write(time.strftime("%Y-%m-%d %H:%M:%S started\n").encode())
    return log


def _environment(extra: Mapping[str, str] | None, memory_limit: int | None) -> dict[str, str]:
    # Children ask no server, and read what strangers have sent: if one crashes, the system may keep its environment.
    environment = {name: value for name, value in os.environ.items() if not _is_secret(name, value)}
    if not getattr(sys, "frozen", False):
        # -P hides the working folder, which is where a checkout is imported from.
        root = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
    environment |= extra or {}
    environment.pop(MEMORY_ENV, None)
    if memory_limit is not None:
        environment[MEMORY_ENV] = str(memory_limit)
    return environment


def _is_secret(name: str, value: str) -> bool:
    """Whether it is probably a key, or the address of a proxy with a password in it."""
    return bool(_SECRET_NAME.search(name) or _WITH_PASSWORD.search(value))


def _spawn(argv: Sequence[str], environment: dict[str, str], cwd: Path | None) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            list(argv),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=environment,
            cwd=cwd,
            # Ctrl+C in the terminal is for us; the child hears of it from us.
            start_new_session=sys.platform != "win32",
            creationflags=_CREATION_FLAGS,
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ChildDied(tr("it could not be started ({why})", why=why), None) from error
