"""One exception for everything a user may read.

Foreign exceptions are translated at the edge where they arise (a backend, a handler, a store) into `HelperError`;
whatever else reaches the top is a bug.

The kinds and the exit code that `desktop-helper` ends with:

    storage, instance                                1   a file cannot be written; no instance runs
    usage                                            2
    source, locked, protected, capture               3   a file, a screen or the clipboard cannot be read
    auth, balance, limit, network, server, model, timeout   4   the model cannot be reached, or it refused
    config                                           4   the settings do not say which
    worker, interrupted, cancelled                   5
    length, filtered                                 6   an answer came, but not all of it
"""

from __future__ import annotations

from enum import StrEnum

from desktop_helper.core.i18n import sentences


class ErrorKind(StrEnum):
    """What went wrong, coarsely enough to act on."""

    USAGE = "usage"
    SOURCE = "source"
    LOCKED = "locked"  # a password that can be entered here opens the file
    PROTECTED = "protected"  # one that cannot
    CAPTURE = "capture"
    AUTH = "auth"
    BALANCE = "balance"
    LIMIT = "limit"  # the user's own, of what answers may cost
    NETWORK = "network"
    TIMEOUT = "timeout"
    SERVER = "server"
    MODEL = "model"
    CONFIG = "config"
    STORAGE = "storage"
    INSTANCE = "instance"
    WORKER = "worker"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    LENGTH = "length"
    FILTERED = "filtered"


EXIT_CODES: dict[ErrorKind, int] = {
    ErrorKind.USAGE: 2,
    ErrorKind.SOURCE: 3,
    ErrorKind.LOCKED: 3,
    ErrorKind.PROTECTED: 3,
    ErrorKind.CAPTURE: 3,
    ErrorKind.AUTH: 4,
    ErrorKind.BALANCE: 4,
    ErrorKind.LIMIT: 4,
    ErrorKind.NETWORK: 4,
    ErrorKind.TIMEOUT: 4,
    ErrorKind.SERVER: 4,
    ErrorKind.MODEL: 4,
    ErrorKind.CONFIG: 4,
    ErrorKind.STORAGE: 1,
    ErrorKind.INSTANCE: 1,
    ErrorKind.WORKER: 5,
    ErrorKind.INTERRUPTED: 5,
    ErrorKind.CANCELLED: 5,
    ErrorKind.LENGTH: 6,
    ErrorKind.FILTERED: 6,
}


class HelperError(Exception):
    """Something the user is told.

    Args:
        kind: decides the exit code and whether a retry makes sense.
        message: one sentence, what happened and why. Never a secret, never a traceback.
        fix: one sentence, what to do next; empty if there is nothing to do. It holds wherever the error is shown.
        command_fix: one more, about options and commands: only who uses the command line reads it.
        retry: whether the same request may succeed if it is sent again.
        retry_after: seconds the server asked us to wait before that, if it said so.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        fix: str = "",
        *,
        command_fix: str = "",
        retry: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.fix = fix
        self.command_fix = command_fix
        self.retry = retry
        self.retry_after = retry_after

    def __str__(self) -> str:
        return sentences(self.message, self.fix)

    @property
    def needs_password(self) -> bool:
        """Whether nothing but a password that is missing keeps a file from being read."""
        return self.kind in (ErrorKind.LOCKED, ErrorKind.PROTECTED)

    @property
    def for_command_line(self) -> HelperError:
        """The same as the command line tells it: with all that can be done there."""
        fix = sentences(self.fix, self.command_fix)
        return HelperError(self.kind, self.message, fix, retry=self.retry, retry_after=self.retry_after)

    @property
    def exit_code(self) -> int:
        """The process exit code of the command line contract (docs/architecture.md)."""
        return EXIT_CODES[self.kind]


def stack(error: BaseException) -> str:
    """For the log: types and places of `error` and of what led to it, the first one first.

    Not the exceptions' own texts, which may quote what was asked, shown or answered, or a key.
    """
    import traceback

    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{stack(cause)}\nled to\n" if cause is not None else ""
    kind = type(error)
    return before + "".join(traceback.format_tb(error.__traceback__)) + f"{kind.__module__}.{kind.__qualname__}"
