"""How a child process ended, in words."""

from __future__ import annotations

import signal

from desktop_helper.core.i18n import tr

UNEXPECTED_ERROR = 70  # EX_SOFTWARE of sysexits.h: the traceback is in the child's log
OUT_OF_MEMORY = 71


def exit_reason(code: int) -> str:
    """A clause that completes "The local model stopped: ...". `code` is as `subprocess` gives it."""
    if code < 0:
        return tr("it was ended by signal {number} ({name})", number=-code, name=_signal_name(-code))
    if code == OUT_OF_MEMORY:
        return tr("it ran out of memory")
    if code == UNEXPECTED_ERROR:
        return tr("it met an unexpected error")
    if code == 0:
        return tr("it ended by itself")
    return tr("it ended with code {code}", code=code)


def _signal_name(number: int) -> str:
    """`6` to `abort`, after the names in signal.h."""
    words = {"ABRT": "abort", "SEGV": "segmentation fault", "BUS": "bus error", "ILL": "illegal instruction"}
    try:
        name = signal.Signals(number).name.removeprefix("SIG")
    except ValueError:
        return tr("unknown")
    return words.get(name, name.lower())
