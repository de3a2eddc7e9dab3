"""Collects what a document says, in its order, and makes parts of it: Markdown with pictures in between."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_helper.attachments import _errors, image
from desktop_helper.attachments._encoding import MAX_CHARACTERS
from desktop_helper.attachments._omitted import Omitted
from desktop_helper.core import notes
from desktop_helper.core.documents import Reference, Unit, note
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import Ranges
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.text_tokens import text_tokens

MAX_PICTURES = 20
MAX_CELLS = 30_000  # of all sheets of a workbook together
MARKDOWN_MIME = "text/markdown"


class Document:
    """The parts of one file while it is being read.

    Args:
        name: what the user sees.
        options: the picture budget, and whom to tell about progress.
        pictures: whether they go as well; else they are only named, e.g. since pages go that show them.
        source: the whole file, if parts of it can be found later, should this be too much for the model.
    """

    most_characters = MAX_CHARACTERS
    most_cells = MAX_CELLS
    in_parts = False  # whether it is cut into parts, of which each must be understood by itself

    def __init__(
        self, name: str, options: ConvertOptions, *, pictures: bool = True, source: bytes | None = None
    ) -> None:
        self.name = name
        self.complete = True  # nothing of its text is missing
        self.omitted = Omitted(name)
        self._source = source
        self._with_pictures = pictures
        self._options = options
        self._items: list[str | ImagePart] = []
        self._notes: list[str] = []
        self._numbers: dict[bytes, int] = {}  # the same logo on every slide is one picture
        self._length = 0
        self._beyond = 0
        self._surplus = 0
        self._unreadable = 0

    @property
    def full(self) -> bool:
        """Whether further text would be left out: a reader may stop."""
        return self._length >= self.most_characters

    @property
    def takes_pictures(self) -> bool:
        """Whether pictures of the file go as such: else pages show them, or nobody wants them."""
        return self._with_pictures

    @property
    def pages(self) -> Ranges:
        """Which were chosen, if any were."""
        return self._options.pages

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._items)

    def begin(self, name: str, heading: str = "", *, alone: bool = True) -> None:
        """What follows is called so, where it is cut into parts.

        Args:
            name: e.g. `slide 7`.
            heading: what says what it is about, besides its own words.
            alone: in no part with others.
        """

    def text(self, block: str) -> None:
        """A paragraph, a table, a list: a block of Markdown."""
        block = block.strip("\n")
        if not block.strip():
            return
        room = self.most_characters - self._length
        if len(block) > room:
            self._beyond += len(block) - room
            block = block[:room]
        self._length += len(block) + 2
        if block:
            self._items.append(block)

    def picture(self, data: bytes, title: str = "") -> None:
        """A picture at this place; one that is there already is only named again."""
        if not self._with_pictures:
            words = " ".join(title.split())[:300]
            self.text(f"[{tr('picture')}: {words}]" if words else "")
            return
        import hashlib

        key = hashlib.sha256(data).digest()
        if key in self._numbers:
            self._mention(self._numbers[key], title)
            return
        if len(self._numbers) >= MAX_PICTURES:
            self._surplus += 1
            self._mention(None, title)
            return
        part = self._converted(data, len(self._numbers) + 1)
        if part is None:
            self._unreadable += 1
            self._mention(None, title)
            return
        self._numbers[key] = len(self._numbers) + 1
        self._mention(self._numbers[key], title)
        self._items.append(part)

    def note(self, sentence: str) -> None:
        """What was left out, for the user and the model."""
        self._notes.append(sentence)

    def cut(self, sentence: str) -> None:
        """The same about text that was left out because it is too much."""
        self.complete = False
        self.note(sentence)

    def progress(self, message: str, fraction: float | None = None) -> None:
        """How far the reading is."""
        self._options.on_progress(Progress(message, fraction))

    def parts(self) -> tuple[MediaPart, ...]:
        """All of it, notes first. Raises `HelperError` if there is nothing."""
        self._count_what_is_left_out()
        pieces = self._pieces()
        texts = sum(isinstance(piece, str) for piece in pieces)
        if not pieces:
            raise _errors.unreadable(
                tr("There is no text and no picture in {name}.", name=self.name),
                sentences(*self._notes, self.omitted.said()),
            )
        made: list[MediaPart] = list(self._notes_of(pieces))
        number = 0
        for piece in pieces:
            if isinstance(piece, ImagePart):
                made.append(piece)
                continue
            number += 1
            title = self.name
            if texts > 1:
                title = tr("{name}, text {part} of {count}", name=self.name, part=number, count=texts)
            made.append(FilePart(piece.encode(), MARKDOWN_MIME, title, piece))
        return tuple(made)

    def _notes_of(self, pieces: list[str | ImagePart]) -> Iterator[FilePart]:
        """What was left out; and which document it is, if that is too much for the model, or may be."""
        text, lost = sentences(*self._notes), self.omitted.said()
        title = tr("{name}, what was left out", name=self.name)
        found = None
        if self._source is not None and not self._options.as_pictures and not self._options.pages:
            tokens = sum(text_tokens(piece) for piece in pieces if isinstance(piece, str))
            found = parts_to_choose(self.name, self._source, tokens, self._options, complete=self.complete)
        if found is not None and lost:  # first, as it stays where parts are chosen later
            yield notes.note(title, lost)
        elif lost:
            text = sentences(text, lost)
        said = [notes.note(title, text)] if text else []
        if found is not None and not self.complete:
            said = [note(title, text, found)]
        elif found is not None:
            yield all_of_it(found)
        yield from said

    def _pieces(self) -> list[str | ImagePart]:
        """The items, with blocks of text that follow one another joined."""
        pieces: list[str | ImagePart] = []
        blocks: list[str] = []
        for item in [*self._items, None]:
            if isinstance(item, str):
                blocks.append(item)
                continue
            if blocks:
                joined = "\n\n".join(blocks)
                pieces.append(joined.encode(errors="replace").decode())  # half of a surrogate pair is no text
                blocks = []
            if item is not None:
                pieces.append(item)
        return pieces

    def _mention(self, number: int | None, title: str) -> None:
        title = " ".join(title.split())[:300]
        words = tr("picture, left out") if number is None else tr("picture {number}", number=number)
        self.text(f"[{words}: {title}]" if title else f"[{words}]")

    def _converted(self, data: bytes, number: int) -> ImagePart | None:
        title = tr("{name}, picture {number}", name=self.name, number=number)
        try:
            parts = image.first(data, title, self._options)
        except HelperError:
            return None
        return next((part for part in parts if isinstance(part, ImagePart)), None)

    def _count_what_is_left_out(self) -> None:
        if self._beyond or self.full:
            limit = f"{self.most_characters:,}"
            self.cut(tr("{name} is long; only its first {limit} characters are attached.", name=self.name, limit=limit))
        if self._surplus:
            self.note(
                tr(
                    "{name} holds more than {limit} pictures; {count} were left out.",
                    name=self.name,
                    limit=MAX_PICTURES,
                    count=self._surplus,
                )
            )
        if self._unreadable:
            self.note(
                tr(
                    "Pictures in {name} that cannot be read here were left out: {count}.",
                    name=self.name,
                    count=self._unreadable,
                )
            )


def parts_to_choose(
    name: str, source: bytes, tokens: int, options: ConvertOptions, *, complete: bool
) -> Reference | None:
    """A text without pages, if it may be too much for the model, which is only known when the question is asked.

    Args:
        name: what the user sees.
        source: the whole file.
        tokens: of what is attached.
        options: what the model reads.
        complete: whether all of it is attached.
    """
    if complete and tokens <= options.max_video_tokens:
        return None
    import hashlib

    digest, shown = hashlib.sha256(source).hexdigest(), (1,) if complete else ()
    return Reference(digest, name, 1, shown, unit=Unit.PART, size=len(source))


def all_of_it(reference: Reference) -> FilePart:
    """A note about a text that is attached as a whole."""
    return note(reference.name, tr("{name} is long; all of it is attached.", name=reference.name), reference)
