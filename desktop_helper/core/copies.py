"""The same large document attached twice: it goes once, and that is said where the other one would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop_helper.core.documents import ChosenBy, Unit, belonging, reference_of, references
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.notes import note

Seen = dict[tuple[str, Unit], str]  # the names under which documents go, by what they are; empty of earlier questions


def once(media: Sequence[MediaPart], earlier: Sequence[MediaPart] = ()) -> tuple[MediaPart, ...]:
    """The parts, but each document once whose pages are chosen when it is asked; what the user chose of it stays.

    One that came with an earlier question brings only what this one is about, as it would if it were not there.
    """
    known = [found for found in references(earlier) if found.by is not ChosenBy.USER]
    return tuple(_once(media, {(found.digest, found.unit): "" for found in known}))


def once_each(groups: Sequence[tuple[str, tuple[MediaPart, ...]]]) -> list[tuple[str, tuple[MediaPart, ...]]]:
    """The same for attachments, with their names."""
    seen: Seen = {}
    return [(name, tuple(_once(parts, seen))) for name, parts in groups]


def _once(media: Sequence[MediaPart], seen: Seen) -> Iterator[MediaPart]:
    place, trees = 0, _trees(media, seen)
    while place < len(media):
        if place in trees:
            place += 1
            continue
        found = reference_of(media[place])
        key = None if found is None or found.by is ChosenBy.USER else (found.digest, found.unit)
        if found is None or key is None or key not in seen:
            if found is not None and key is not None:
                seen[key] = found.name
            yield media[place]
            place += 1
            continue
        yield _said(found.name, seen[key])
        place += len(belonging(media[place:], found))


def _trees(media: Sequence[MediaPart], seen: Seen) -> set[int]:
    """Where the names of all files of a folder or an archive stand that goes already: before the note about it."""
    known, places = set(seen), set()
    for place, part in enumerate(media):
        found = reference_of(part)
        if found is None or found.holds is None:
            continue
        if (found.digest, found.unit) in known:
            tree = tr("{name}, files in it", name=found.name)
            places.update([at for at in range(place) if media[at].name == tree][-1:])
        known.add((found.digest, found.unit))
    return places


def _said(name: str, other: str) -> FilePart:
    if not other:
        return note(name, tr("{name} is attached to an earlier question already.", name=name), fact=True)
    if name == other:
        return note(name, tr("{name} is attached twice; it goes once.", name=name), fact=True)
    return note(
        name, tr("{name} is the same file as {other}, so it does not go twice.", name=name, other=other), fact=True
    )
