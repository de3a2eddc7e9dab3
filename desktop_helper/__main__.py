"""`desktop-helper`: a command, a child process, the running instance brought to the front, or the app itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop_helper.core import trace

INTERRUPTED = 5  # by Ctrl+C, before anything could be told
CHILD_FLAG = "--child"  # what `core.child.child_argv` puts in front of a module in a frozen build


def main(argv: list[str] | None = None) -> int:
    """Entry point. Returns the process exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    started_us = trace.now_us()
    if arguments[:1] == [CHILD_FLAG]:
        return _run_child(arguments[1])
    arguments = _start_trace(arguments)
    try:
        return _run(arguments, started_us)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last edge: whatever comes here is our mistake, never a traceback
        return _give_up(error)
    finally:
        trace.stop()


def _run(arguments: list[str], started_us: int) -> int:
    if arguments:
        from desktop_helper.bootstrap import run_command

        return run_command(arguments)
    return _start_app(started_us)


def _give_up(error: Exception) -> int:
    from desktop_helper.core.errors import HelperError
    from desktop_helper.services.faults import EXIT_CODE, log_and_explain

    known = isinstance(error, HelperError)
    print(f"desktop-helper: {error if known else log_and_explain(error)}", file=sys.stderr)
    return error.exit_code if isinstance(error, HelperError) else EXIT_CODE


def _run_child(module: str) -> int:
    """A frozen build has no `python -m`, so it starts its child processes through itself."""
    import runpy

    runpy.run_module(module, run_name="__main__")
    return 0


def _start_trace(arguments: list[str]) -> list[str]:
    """Take `--trace FILE` or `--trace=FILE` out of the arguments, wherever it stands before `--`, and open the file."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    at = next((at for at, word in enumerate(options) if word == "--trace" or word.startswith("--trace=")), None)
    if at is None:
        return arguments
    _, equals, value = arguments[at].partition("=")
    words = 1 if equals else 2
    if at + words > len(options):
        return arguments  # argparse says what is missing
    path = Path(value if equals else arguments[at + 1])
    try:
        trace.start(path)
    except OSError as error:
        print(f"desktop-helper: {path} cannot be written: {error.strerror}.", file=sys.stderr)
        raise SystemExit(2) from None
    return arguments[:at] + arguments[at + words :]


def _start_app(started_us: int) -> int:
    from desktop_helper.core.i18n import set_language, tr

    set_language("auto")  # until the settings are read
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print(
            tr(
                "desktop-helper: there is no display to show a window on. From a terminal, ask like this: {example}",
                example='desktop-helper ask --file picture.png "What is this?"',
            ),
            file=sys.stderr,
        )
        return 2
    from desktop_helper.bootstrap import raise_running, run_app

    return 0 if raise_running() else run_app(started_us)


if __name__ == "__main__":
    raise SystemExit(main())
