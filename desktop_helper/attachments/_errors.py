"""The sentences that every kind of file shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

T = TypeVar("T")


def guarded(name: str, read: Callable[[], T]) -> T:
    """What `read` returns; whatever a broken file makes it raise becomes one sentence."""
    try:
        return read()
    except (HelperError, MemoryError):
        raise  # no memory: ends this process, and the parent says that the file needs too much
    except Exception as error:  # zip, zlib, expat and struct have exceptions of their own
        raise damaged(name) from error


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


def too_large(name: str) -> HelperError:
    """A file of a few bytes that become many."""
    return unreadable(
        tr("{name} unpacks to more than a document may hold.", name=name),
        tr("Attach a smaller one, or a picture of the part that matters."),
    )


def protected(name: str) -> HelperError:
    """A file that only its password opens, which cannot be entered here."""
    return HelperError(
        ErrorKind.PROTECTED,
        tr("{name} is protected with a password.", name=name),
        tr("Save a copy of it without the password and attach that."),
    )


def locked(name: str, *, wrong: bool) -> HelperError:
    """A file that can be read with its password, which is missing or wrong."""
    if wrong:
        message = tr("The password does not open {name}.", name=name)
        return HelperError(ErrorKind.LOCKED, message, tr("Try it again."))
    return HelperError(
        ErrorKind.LOCKED,
        tr("{name} is protected with a password.", name=name),
        tr("Enter its password, or save a copy without one and attach that."),
        command_fix=tr("On the command line, --password-env names the environment variable that holds it."),
    )


def pageless(name: str) -> HelperError:
    """Pages were chosen of something that has none."""
    return unreadable(tr("{name} has no pages to choose from.", name=name), tr("Attach it without a choice of pages."))
