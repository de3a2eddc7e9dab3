"""What of a file does not go although the rest of it does: comments, charts, remarks. It is said in a sentence or two.

A damaged comment is no reason to refuse the cells below it, but nobody may believe that there was none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.names import printable

_MOST_NAMED = 5
_MOST_CHARACTERS = 60  # of what the file itself calls a part


class Omitted:
    """Gathers the parts of one file that are left out, each once.

    Args:
        name: what the user sees.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._unread: list[str] = []
        self._beyond: list[str] = []
        self._off_page: list[str] = []

    @contextmanager
    def spared(self, part: str) -> Iterator[None]:
        """What fails in here is left out: `part`, e.g. `comments in Sheet1`, and the file is read on."""
        try:
            yield
        except MemoryError:
            raise  # ends this process, and the parent says that the file needs too much
        except Exception:  # noqa: BLE001  # damage makes a reader say anything
            self.unread(part)

    def unread(self, part: str) -> None:
        """It is there, or should be, and cannot be read."""
        self._unread.append(part)

    def beyond(self, part: str) -> None:
        """There is more of it than goes: `comments in Sheet1 after the first 500`."""
        self._beyond.append(part)

    def off_page(self, part: str) -> None:
        """It stands on no page, so it does not go where only pages do: `comments in Sheet1`."""
        self._off_page.append(part)

    def said_of_pages(self) -> str:
        """What is to be known where pages go without the rest; nothing if there is no rest."""
        return tr("Not on pages, so left out: {parts}.", parts=_named(self._off_page)) if self._off_page else ""

    def said(self) -> str:
        """To the user and the model; nothing if nothing is left out."""
        unread, beyond = _named(self._unread), _named(self._beyond)
        return sentences(
            tr("Parts of {name} cannot be read and were left out: {parts}.", name=self._name, parts=unread)
            if unread
            else "",
            tr("{name} holds more than goes; left out: {parts}.", name=self._name, parts=beyond) if beyond else "",
        )


def called(name: str) -> str:
    """What a file calls one of its parts, so that it can stand in a sentence."""
    return shortened(printable(" ".join(name.split())), _MOST_CHARACTERS)


def shortened(text: str, most: int) -> str:
    """`text`, or its beginning with a mark that it is one."""
    return text if len(text) <= most else f"{text[:most]}…"


def _named(parts: Sequence[str]) -> str:
    each = list(dict.fromkeys(parts))
    named, rest = ", ".join(each[:_MOST_NAMED]), len(each) - _MOST_NAMED
    return tr("{parts} and {rest} more", parts=named, rest=rest) if rest > 0 else named
