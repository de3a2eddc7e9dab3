"""What a model is told beside the parts of a message: when and where its pictures stand, and how to name a place.

The same words for the same parts, whatever language is in use now: earlier turns are sent again, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from desktop_helper.core.clips import with_times
from desktop_helper.core.document_places import SHEETS, SLIDES, document_of, is_some, outline_of, page_of, stem
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Part, TextPart

_HINT = "(Where the answer rests on a place in these files, name it like this: {examples}.)\n"
_HINT_ZH = "（回答若依据这些文件中的某处，请这样注明：{examples}。）\n"
_MOST_EXAMPLES = 3


def as_sent(parts: Sequence[Part], *, whole: bool = False) -> Iterator[Part]:
    """The parts in their order, with each page's name before its picture and a video's times behind its pictures.

    Of several pictures, each has its name before it: a question may be about `after.png`. Behind the last picture or
    file, it is said how places in them are named in the answer. `whole`: a video that is there whole goes without its
    pictures.
    """
    hint = _hint([part for part in parts if not isinstance(part, TextPart)])
    sent = list(with_times(parts, whole=whole))
    last = max((place for place, part in enumerate(sent) if not isinstance(part, TextPart)), default=-1)
    if last >= 0 and _has_time(sent[last]):
        last += 1
    several = len({part.name for part in sent if isinstance(part, ImagePart)}) > 1
    for place, part in enumerate(sent):
        if isinstance(part, ImagePart) and (page_of(part.name) is not None or (several and part.moment is None)):
            yield TextPart(f"[{_line(part.name)}]")
        yield part
        if hint and place == last:
            yield TextPart(hint)


def _has_time(part: Part) -> bool:
    return isinstance(part, ImagePart) and part.moment is not None


def _hint(media: Sequence[MediaPart]) -> str:
    by_document: dict[str, str] = {}
    for document, example in filter(None, map(_example, media)):
        by_document.setdefault(document, example)
    shown = list(by_document.values())
    if not shown:
        return ""
    chinese = any(example.startswith("（") for example in shown)
    return (_HINT_ZH if chinese else _HINT).format(examples=("、" if chinese else ", ").join(shown[:_MOST_EXAMPLES]))


def _example(part: MediaPart) -> tuple[str, str] | None:
    """The document that a part is of, and how a place in it is named."""
    document = document_of(part)
    name = _line(document)
    if isinstance(part, ImagePart):
        page = page_of(part.name)
        if page is None or part.moment is not None:
            return None
        in_chinese = part.name.startswith(f"{document}，")
        return document, f"（{name}，第 {page[1]} 页）" if in_chinese else f"({name}, p. {page[1]})"
    lower = document.lower()
    if is_some(part) and not lower.endswith((*SHEETS, *SLIDES)):
        return _part_example(part, document)
    if lower.endswith(SHEETS):
        sheet = _first_sheet(part)
        return (document, f"{sheet}!B2:C9") if sheet else None
    if lower.endswith(SLIDES):
        return document, f"({name}, slide 2)"
    return None


def _part_example(part: FilePart, document: str) -> tuple[str, str] | None:
    """By its lines if they are counted, else by the number of a part: `(notes.txt, lines 40–120)`."""
    outline = outline_of(part)
    found = next(iter(outline.parts.items()), None)
    if found is None:
        return None
    number, stretch = found
    name = _line(stretch.file or document)
    last = stretch.first + len(stretch.starts) - 2
    if part.name.startswith(f"{document}，"):
        place = f"第 {stretch.first}–{last} 行" if stretch.first else f"第 {number} 部分，共 {outline.count} 部分"
        return document, f"（{name}，{place}）"
    place = f"lines {stretch.first}–{last}" if stretch.first else f"part {number} of {outline.count}"
    return document, f"({name}, {place})"


def _first_sheet(part: FilePart) -> str:
    """Its name as it is written before cells; empty if the text tells of none."""
    sheet = next(iter(outline_of(part).sheets), "")
    if sheet == stem(document_of(part)):
        return _line(sheet)
    return f"'{_line(sheet)}'" if re.search(r"\W", sheet) else sheet


def _line(name: str) -> str:
    """On one line: a name is anybody's, and must not look like the user's words."""
    return re.sub(r"\s+", " ", name)
