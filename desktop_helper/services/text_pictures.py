"""Which attached texts would be cheaper as pictures of pages, for a model that reads those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop_helper.core.dense_text import LEAST_TOKENS, Proposal, is_drawable, proposal
from desktop_helper.core.document_places import document_of, is_layer
from desktop_helper.core.documents import Reference, Unit, belonging, references
from desktop_helper.core.messages import FilePart, MediaPart, is_note
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.speech import SPOKEN_MIME
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.services.providers import LOCAL_BACKEND, readable_tokens


def reads_pictures(profile: ModelProfile) -> bool:
    """As far as we can know: model files see with an mmproj file only."""
    return profile.backend != LOCAL_BACKEND or profile.mmproj is not None


def proposals(media: Sequence[MediaPart], profile: ModelProfile) -> Iterator[tuple[str, Proposal]]:
    """The documents for which pictures are worth proposing, with what they take. May take half a second.

    More pictures than the model takes at once are none: it would refuse them. Nor are more than it reads, or those of a
    text of which only the beginning is attached, or of files of a folder: parts of those are chosen.
    """
    limit = readable_tokens(profile)
    beyond = {id(part) for found in references(media) if _is_longer(found) for part in belonging(media, found)}
    most = PictureLimit.of(profile.title, profile.quirks).pictures
    texts: dict[str, list[str]] = {}
    for part in media:
        if isinstance(part, FilePart) and not is_note(part) and not _is_elsewhere(part) and id(part) not in beyond:
            texts.setdefault(document_of(part), []).append(part.text)
    for name, pieces in texts.items() if reads_pictures(profile) else ():
        if sum(map(text_tokens, pieces)) >= LEAST_TOKENS and is_drawable(pieces):
            found = proposal(pieces, profile.max_image_tokens)
            fits = (most is None or found.pictures <= most) and not 0 < limit < found.as_pictures
            if found.worth_it and fits:
                yield name, found


def _is_longer(found: Reference) -> bool:
    """Whether it is a text of which only some is attached, or files of which parts are chosen."""
    return found.unit is Unit.PART and not found.whole


def _is_elsewhere(part: FilePart) -> bool:
    """What it says is shown by pictures of pages already, or heard: the file has no text that could be drawn."""
    return part.mime == SPOKEN_MIME or is_layer(part)
