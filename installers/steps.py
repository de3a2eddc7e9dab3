"""Runs the programs that set-up consists of, with their output in a log file and one clear sentence when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop_helper.core.i18n import tr

ROOT = Path(__file__).resolve().parent.parent
SETUP_FOLDER = ROOT / ".venv-setup"  # logs, locks and our own uv

_TAIL_LINES = 15
_SIGN_OF_LIFE_S = 60

# What package tools (uv, pip, apt, dnf, pacman) print when they cannot reach their servers.
_NO_NETWORK = (
    "dns error",
    "error sending request",
    "failed to lookup address",
    "temporary failure in name resolution",
    "temporary failure resolving",
    "could not resolve",
    "name or service not known",
    "network is unreachable",
    "connection refused",
    "failed to establish a new connection",
    "cannot download repomd",
)
_BAD_CERTIFICATE = ("unknownissuer", "certificate_verify_failed", "invalid peer certificate")


class StepFailed(Exception):
    """A step of the set-up failed. Its text is what the user reads; `log` is where the rest stands."""

    def __init__(self, sentence: str, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.log = log


def say(text: str) -> None:
    """Tell the user what happens. On standard error: the output of `run ask` belongs to the answer."""
    print(text, file=sys.stderr, flush=True)


def run_step(title: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
    """Run `command` in the checkout with its output in `log`; `title` says what it does. Raises `StepFailed`."""
    say(tr("{title} (log: {log})", title=title, log=log))
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(command)}\n".encode())
        output.flush()
        begin = output.tell()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env=env
            )
        except OSError as error:
            raise StepFailed(
                tr("{program} could not be started: {why}.", program=command[0], why=error.strerror)
            ) from error
        code = _wait(process, title, start)
    if code != 0:
        raise StepFailed(_explain(title, code, _text_from(log, begin)), log)


def tail(log: Path) -> str:
    """The last lines of a log file, for a terminal."""
    return "\n".join(f"    {line}" for line in _text_from(log, 0).splitlines()[-_TAIL_LINES:])


def clean_environment() -> dict[str, str]:
    """The environment for child processes, without what would make them use another virtual environment."""
    return {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }


def _wait(process: subprocess.Popen[bytes], title: str, start: float) -> int:
    try:
        while True:
            try:
                return process.wait(timeout=_SIGN_OF_LIFE_S)
            except subprocess.TimeoutExpired:
                minutes = round((time.monotonic() - start) / 60)
                say(tr("{title}: {minutes} min so far.", title=title, minutes=minutes))
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _text_from(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode("utf-8", "replace")


def _explain(title: str, code: int, output: str) -> str:
    lower = output.lower()
    if any(sign in lower for sign in _BAD_CERTIFICATE):
        return tr(
            "{title} failed: this network's certificate is not trusted. Install its authority in the system's store.",
            title=title,
        )
    if any(sign in lower for sign in _NO_NETWORK):
        return tr("{title} failed: no network. Check the connection (and the proxy) and try again.", title=title)
    if "no space left on device" in lower:
        return tr("{title} failed: the disk is full. About 3 GB are needed.", title=title)
    return tr("{title} failed with exit code {code}.", title=title, code=code)
