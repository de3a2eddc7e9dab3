"""Documents as they look, where LibreOffice is there to print them; else only what their own readers tell.

With the pages goes the text as our own reader has it: it knows notes, comments, footnotes and the figures of charts,
and it does not end where the pages do. Of pages that were chosen, only their own text goes, and it is said if there is
more beside them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import groupby

from desktop_helper.attachments import _errors, _libreoffice, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._omitted import Omitted
from desktop_helper.attachments._source import Source
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import documents, office_program
from desktop_helper.core.documents import ChosenBy, PageReading, PageText, Unit, reference_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.notes import is_marked, note
from desktop_helper.core.protocols import ConvertOptions

SLIDES = ".pptx"  # of which each is a page, so that a choice of pages is one of slides
ON_PAPER = (".docx", ".odt", ".rtf", SLIDES, ".odp")  # kinds that are made to be looked at
SHEETS = (".xlsx", ".ods")  # tables say more as text; printed if somebody chooses pages of them
_HIDDEN = re.compile(rb'(<(?:\w+:)?sld\b[^>]*?)\sshow="(?:0|false)"')
_HIDDEN_IN_ODP = re.compile(rb'(<style:drawing-page-properties\b[^>]*?)\spresentation:visibility="hidden"')


def parts(source: Source, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The parts of a document. Raises `HelperError(SOURCE)`.

    Args:
        source: what it is read and printed from. It is read first, since that refuses bombs.
        options: which pages, and how large; a text that will be drawn is not printed as well.
    """
    usually = source.suffix in ON_PAPER and not options.as_pictures
    prints = usually or (source.suffix in (*ON_PAPER, *SHEETS) and bool(options.pages))
    command = office_program.program() if prints else None
    if command is None:
        if options.pages:
            raise _pageless(source.name) if prints else _errors.pageless(source.name)
        return _told(source, options, _without(source.name) if prints else "")
    text = Document(source.name, options, pictures=False)
    source.tell(text)
    keeps_text = not options.pages or source.suffix == SLIDES
    try:
        pages = _printed(command, source, options, with_text=not keeps_text)
    except HelperError:
        if options.pages:
            raise
        return _told(source, options, _not_printed(source.name))
    if not keeps_text or not text:
        return (_pages_alone(source, text.omitted), *pages)
    if text.complete:
        pages = tuple(map(_all_shown, pages))
    return (_through_libreoffice(source), *pages, *text.parts())


def texts(source: Source, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the pages of a document say, as LibreOffice prints them, or its parts. Raises `HelperError(SOURCE)`."""
    told = _parts.Parts(source.name)
    if wanted.unit is Unit.PART:
        source.tell(told)
        return _parts.from_page(told.made(), wanted)
    count, pages = _libreoffice.texts(as_pdf(source), source.name, wanted)
    if source.suffix != SLIDES:
        return count, pages
    source.tell(told)
    ours = _by_slide(told.made())
    if len(ours) != count:
        return count, pages
    numbered = enumerate(pages, max(1, wanted.first))
    return count, [replace(page, text=ours.get(number) or page.text) for number, page in numbered]


def as_pdf(source: Source) -> bytes:
    """All its pages, as `parts` makes them, for who looks at them. Raises `HelperError(SOURCE)`."""
    if source.suffix not in (*ON_PAPER, *SHEETS):
        raise _errors.pageless(source.name)
    command = office_program.program()
    if command is None:
        raise _pageless(source.name)
    if source.old is None:
        source.tell(Document(source.name, ConvertOptions(), pictures=False))  # refuses bombs
    data, suffix = _to_print(source)
    return _libreoffice.as_pdf(command, data, source.name, suffix, source.limit_s)


def _printed(command: str, source: Source, options: ConvertOptions, *, with_text: bool) -> tuple[MediaPart, ...]:
    data, suffix = _to_print(source)
    return _libreoffice.printed(
        command, data, source.file, source.name, suffix, options, with_text=with_text, limit_s=source.limit_s
    )


def _to_print(source: Source) -> tuple[bytes, str]:
    """What LibreOffice gets, and its suffix. Hidden slides of an old show can be shown only once it is a new one."""
    if source.suffix in (SLIDES, ".odp"):
        return _with_hidden_slides(source.modern, source.name, source.suffix), source.suffix
    return source.printed


def _by_slide(parts: Sequence[PageText]) -> dict[int, str]:
    """What our own reader tells of each slide: notes, figures of charts, tables as tables."""
    found: dict[int, str] = {}
    for number, (_name, together) in enumerate(groupby(parts, lambda part: part.name), 1):
        found[number] = "\n\n".join(part.text for part in together)
    return found


def _all_shown(part: MediaPart) -> MediaPart:
    """The note about pages of which only some are pictures: the text of all of them is attached."""
    found = reference_of(part)
    if found is None or not isinstance(part, FilePart) or found.by is not ChosenBy.HABIT:
        return part
    found = replace(found, shown=tuple(range(1, found.pages + 1)))
    return documents.note(part.name, part.text, found, fact=is_marked(part))


def _told(source: Source, options: ConvertOptions, missing: str) -> tuple[MediaPart, ...]:
    document = Document(source.name, options, source=source.file)
    source.tell(document)
    if missing:
        document.note(missing)
    told = document.parts()
    return (_note(source.name, converted), *told) if (converted := _converted(source)) else told


def _with_hidden_slides(data: bytes, name: str, suffix: str) -> bytes:
    """The same show with nothing hidden: else page 3 would not be slide 3, and hidden ones are told as such."""
    archive = Archive(data, name)
    hidden, slides = _HIDDEN_IN_ODP, ["content.xml"]
    if suffix == SLIDES:
        hidden = _HIDDEN
        slides = [one for one in archive.members if one.startswith("ppt/slides/") and one.endswith(".xml")]
    sources = {slide: archive.read(slide) for slide in slides}
    shown = {slide: hidden.sub(rb"\1", source) for slide, source in sources.items() if hidden.search(source)}
    if not shown:
        return data
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for member in dict.fromkeys(archive.members):
            info = zipfile.ZipInfo(member)  # without the time of day: the same bytes whenever it is made
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, shown.get(member) or archive.read(member))
    return buffer.getvalue()


def _through_libreoffice(source: Source) -> FilePart:
    made = tr("LibreOffice made these pages of {name}; its text was read from the file itself.", name=source.name)
    if source.old is not None:
        made = sentences(_converted(source), tr("LibreOffice made these pages of {name}.", name=source.name))
    return _note(source.name, made)


def _pages_alone(source: Source, omitted: Omitted) -> FilePart:
    lost = omitted.said_of_pages()
    made = tr("LibreOffice made these pages of {name}.", name=source.name)
    if source.old is not None:
        made = tr("{name} is in the old format of Office; LibreOffice made these pages of it.", name=source.name)
    return _note(source.name, sentences(made, lost), fact=not lost)


def _converted(source: Source) -> str:
    """How a file of an old format could be read; nothing of others."""
    if source.old is None:
        return ""
    return tr(
        "{name} is in the old format of Office; LibreOffice converted it to {suffix}, which was read.",
        name=source.name, suffix=source.suffix,
    )  # fmt: skip


def _note(name: str, text: str, *, fact: bool = True) -> FilePart:
    return note(tr("{name}, through LibreOffice", name=name), text, fact=fact)


def _without(name: str) -> str:
    return tr("{name} was read without LibreOffice: its layout and drawn charts are not shown.", name=name)


def _not_printed(name: str) -> str:
    return tr("LibreOffice could not print {name}: its layout and drawn charts are not shown.", name=name)


def _pageless(name: str) -> HelperError:
    return _errors.unreadable(
        tr("{name} has no pages to choose from.", name=name),
        tr("Install LibreOffice, which makes pages of it, or attach it without a choice of pages."),
    )
