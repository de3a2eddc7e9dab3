"""The sentences that every kind of file shares."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


def unreadable(message: str, fix: str = "") -> HelperError:
    """A file that cannot be used; `message` names it."""
    return HelperError(ErrorKind.SOURCE, message, fix)


def empty(name: str) -> HelperError:
    """A file without a byte in it."""
    return unreadable(tr("{name} is empty.", name=name))


def damaged(name: str) -> HelperError:
    """A file that begins as its kind should and then breaks off or contradicts itself."""
    return unreadable(
        tr("{name} is damaged and cannot be read to its end.", name=name),
        tr("Open it in the program it comes from and save it again."),
    )


def protected(name: str) -> HelperError:
    """A file that only its password opens."""
    return unreadable(
        tr("{name} is protected with a password.", name=name),
        tr("Save a copy of it without the password and attach that."),
    )
