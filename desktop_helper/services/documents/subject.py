"""What tools may look at: the large documents of a conversation, and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from desktop_helper.core.box_notation import BoxNotation, Size, as_read
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.document_places import page_of
from desktop_helper.core.documents import Reference, is_only_for_later, reference_of, references
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import Area, Wish
from desktop_helper.core.messages import ImagePart, Message, Role
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.core.tools import PartsRead, Passage
from desktop_helper.services.box_notations import notation_of
from desktop_helper.services.converter import Converter
from desktop_helper.services.documents import choice, places
from desktop_helper.services.documents.library import SCANS_AT_ONCE, Documents
from desktop_helper.services.documents.page_index import PageIndex
from desktop_helper.services.documents.words import excerpt

MOST_HITS = 8
_MOST_PARTS = 200  # looked at for one call
MOST_SCANS = 4  # read in their pictures when they are asked for


class ConversationSubject:
    """See `core.tools.Subject` for what each method promises.

    Args:
        documents: where the indexes are.
        converter: makes pictures of parts.
        profile: who asks.
        messages: of the conversation.
        at_once: tokens that a tool may give back.
    """

    def __init__(
        self,
        documents: Documents,
        converter: Converter,
        profile: ModelProfile,
        messages: Sequence[Message],
        at_once: int,
    ) -> None:
        self._library, self._converter, self._profile = documents, converter, profile
        self._messages, self._at_once = tuple(messages), at_once
        self._drawn: list[ImagePart] = []  # pages that tools have shown since

    @cached_property
    def documents(self) -> tuple[Reference, ...]:
        """The newest note about each, in their order."""
        parts = [part for message in self._messages for part in message.media if not is_only_for_later(part)]
        found = {(one.digest, one.unit): one for one in references(parts)}
        return tuple(found.values())

    @cached_property
    def pictures(self) -> tuple[ImagePart, ...]:
        """Those of the user that belong to no document and no video."""
        found: list[ImagePart] = []
        for message in self._messages:
            names: tuple[str, ...] = ()
            for part in message.media if message.role is Role.USER else ():
                reference = reference_of(part)
                if reference is not None:
                    names = (*names, f"{reference.name},", f"{reference.name}，")
                elif isinstance(part, ImagePart) and part.moment is None and not part.name.startswith(names):
                    found.append(part)
        return tuple(found)

    @property
    def boxes(self) -> BoxNotation:
        """See `Subject`."""
        return notation_of(self._profile)

    def read_size(self, document: Reference | None, number: int) -> Size | None:
        """See `Subject`."""
        if document is None:
            return as_read(self.pictures[number - 1])
        shown = (part for message in reversed(self._messages) for part in reversed(message.media))
        for part in (*reversed(self._drawn), *shown):
            if isinstance(part, ImagePart) and (page_of(part.name) or ())[:2] == (document.name, number):
                return as_read(part)
        return None

    def search(self, document: Reference, words: str, cancel: CancelToken) -> tuple[list[Passage], int]:
        """See `Subject`."""
        index = self._index(document, cancel)
        unread = index.unread(SCANS_AT_ONCE)
        if unread:
            self._library.read_scans(document, index, unread, cancel, _ignore)
        hits = index.search(words, MOST_HITS)
        pages = [hit.page for hit in hits]
        texts, names = index.texts(pages), index.names(pages)
        count = index.count
        found = [Passage(page, excerpt(texts.get(page, ""), words), names.get(page, ""), count) for page in pages]
        return found, index.unread_count()

    def read_parts(self, document: Reference, wanted: str, cancel: CancelToken) -> PartsRead:
        """See `Subject`."""
        index = self._index(document, cancel)
        numbers = places.numbers(wanted, index)
        if not numbers:
            raise HelperError(ErrorKind.USAGE, f"There is no such part: it has the parts 1 to {index.count}.")
        texts, names = index.texts(numbers[:_MOST_PARTS]), index.names(numbers[:_MOST_PARTS])
        read: list[tuple[int, str, str]] = []
        left = self._at_once
        for number in numbers[:_MOST_PARTS]:
            left -= text_tokens(texts.get(number, ""))
            if left < 0 and read:
                break
            read.append((number, names.get(number, ""), texts.get(number, "")))
        return PartsRead(index.count, tuple(read), tuple(numbers[len(read) :]))

    def read(
        self, document: Reference, pages: Sequence[int], cancel: CancelToken, *, drawn: bool
    ) -> tuple[dict[int, str], tuple[ImagePart, ...]]:
        """See `Subject`."""
        index = self._index(document, cancel)
        unread = [page for page in index.unread(index.count) if page in pages]
        self._library.read_scans(document, index, unread[:MOST_SCANS], cancel, _ignore)
        texts: dict[int, str] = {}
        left = self._at_once
        for page, text in sorted(index.texts(pages).items()):
            left -= text_tokens(text)
            if left < 0 and texts:
                break
            texts[page] = text
        options = ConvertOptions(min(self._profile.max_image_tokens, max(self._at_once // 2, choice.USUAL_PICTURE)))
        pictures: list[ImagePart] = []
        for page in [page for page in texts if drawn or not texts[page].strip()]:
            made = self._library.pictures(document, [page], options, cancel)
            left -= sum(picture.tokens for picture in made)
            if left < 0 and pictures:
                break
            pictures += made
        self._drawn += pictures
        return texts, tuple(pictures)

    def closer(self, document: Reference | None, number: int, area: Area, cancel: CancelToken) -> ImagePart:
        """See `Subject`."""
        wish = Wish(area=area, enlarged=True)
        options = ConvertOptions(
            min(self._profile.max_image_tokens, max(self._at_once, choice.USUAL_PICTURE)), wish=wish
        )
        if document is not None:
            made = self._library.pictures(document, [number], options, cancel)
        else:
            picture = self.pictures[number - 1]
            parts = self._converter.convert_bytes(picture.data, picture.name, options, cancel)
            made = [part for part in parts if isinstance(part, ImagePart)]
        if not made:
            raise _gone(document.name if document is not None else "")
        return replace(made[0], name=tr("{name}, a part of it", name=made[0].name))

    def _index(self, document: Reference, cancel: CancelToken) -> PageIndex:
        index = self._library.index(document, cancel, _ignore)
        if index is None:
            raise _gone(document.name)
        return index


def _ignore(_progress: Progress) -> None:
    """The answer shows that a tool is at work."""


def _gone(name: str) -> HelperError:
    return HelperError(
        ErrorKind.SOURCE, tr("{name} is not where it was, so nothing more of it can be read.", name=name)
    )
