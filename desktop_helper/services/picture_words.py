"""What is said of a picture's size: what the model gets, and what there was before."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.core.document_places import page_of
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, is_note


def size_text(part: ImagePart) -> str:
    """`812 × 460`, or `3840 × 2160 → 1932 × 1092` for one that was made smaller."""
    size = f"{part.width} × {part.height}"
    return size if part.full_size is None else f"{part.full_size[0]} × {part.full_size[1]} → {size}"


def size_and_cost(part: ImagePart) -> str:
    """The same with its tokens."""
    return tr("{size} · {count} tokens", size=size_text(part), count=f"{part.tokens:,}")


def pictures_of(parts: Sequence[MediaPart]) -> list[ImagePart]:
    """The pictures among them."""
    return [part for part in parts if isinstance(part, ImagePart)]


def is_in_parts(parts: Sequence[MediaPart]) -> bool:
    """Whether they are one picture in full detail: all of it smaller, then its parts, which are no pages."""
    if not _are_pictures(parts):
        return False
    whole, *others = pictures_of(parts)
    pixel_for_pixel = all(part.full_size is None for part in others)
    return whole.full_size is not None and bool(others) and pixel_for_pixel and page_of(others[0].name) is None


def what_was_made_smaller(parts: Sequence[MediaPart]) -> ImagePart | None:
    """The picture, if they are just one and it was made smaller."""
    found = pictures_of(parts) if _are_pictures(parts) else []
    return found[0] if len(found) == 1 and found[0].full_size is not None else None


def _are_pictures(parts: Sequence[MediaPart]) -> bool:
    """Whether there is nothing else but notes: no text beside them, no list of files, no frames of a video."""
    others = [part for part in parts if not is_note(part)]
    return bool(others) and all(isinstance(part, ImagePart) and part.moment is None for part in others)
