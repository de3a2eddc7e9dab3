"""Files of more pictures than one: pages of a TIFF, and pictures that move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from desktop_helper.attachments import _pages
from desktop_helper.attachments._pixels import plain
from desktop_helper.core.coming import Coming
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import PATCH, fit, image_tokens
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import ConvertOptions

if TYPE_CHECKING:
    from PIL import Image

One = Callable[["Image.Image", bytes, str, ConvertOptions], ImagePart]

MOVING = ("GIF", "WEBP", "PNG", "AVIF")
MOST_FRAMES = 600  # of a longer one, every second or third is looked at
LEAST_FRAME_TOKENS = 300
MAX_PIXELS = 130_000_000  # of all frames together, while they are looked at
USUAL_MS = 100


def parts(image: Image.Image, data: bytes, name: str, options: ConvertOptions, one: One) -> tuple[MediaPart, ...]:
    """All that goes of `image`, each picture made by `one`; nothing if there is but one."""
    count = _count(image)
    if image.format == "TIFF" and (count > 1 or options.pages):
        return _each_page(image, count, name, options, one)
    if count == 1:
        return ()
    if image.format in MOVING and find_spec("av") is not None:
        return _moving(image, count, data, name, options)
    return _note(name, count), one(image, data, name, options)


def one_page(
    image: Image.Image,
    name: str,
    options: ConvertOptions,
    one: Callable[[Image.Image, str, ConvertOptions], tuple[MediaPart, ...]],
) -> tuple[MediaPart, ...]:
    """What `one` makes of the first picture, or of the page of a TIFF that was chosen."""
    if image.format != "TIFF" or not options.pages:
        return one(image, name, options)
    count = _count(image)
    numbers = _pages.selected(name, count, options.pages)
    notes = _pages.notes(name, count, options.pages, numbers)
    image.seek(numbers[0] - 1)
    return (*notes, *one(image, tr("{name}, page {page} of {count}", name=name, page=numbers[0], count=count), options))


def _count(image: Image.Image) -> int:
    if image.format in ("MPO", "PSD"):  # a preview of the first; layers, which the first is made of
        return 1
    return int(image.info.get("pictures", 0)) or int(getattr(image, "n_frames", 1))


def _each_page(image: Image.Image, count: int, name: str, options: ConvertOptions, one: One) -> tuple[MediaPart, ...]:
    numbers = _pages.selected(name, count, options.pages)
    found: list[MediaPart] = [*_pages.notes(name, count, options.pages, numbers)]
    for place, number in enumerate(numbers):
        message = tr("Reading {name}, page {page} of {count}", name=name, page=place + 1, count=len(numbers))
        options.on_progress(Progress(message, place / len(numbers)))
        image.seek(number - 1)
        title = tr("{name}, page {page} of {count}", name=name, page=number, count=count)
        found.append(page := one(image, b"", title, options))
        options.on_coming(Coming(page, place + 1, len(numbers), count))
    return tuple(found)


def _moving(image: Image.Image, count: int, data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The frames in which something has changed, as of any video; nothing if they are all the same."""
    from desktop_helper.attachments import video

    film = data if image.format == "GIF" else _as_film(image, count, options)
    image.seek(0)
    found = video.HANDLER.convert(film, name, options)
    return () if len([part for part in found if isinstance(part, ImagePart)]) < 2 else found


def _as_film(image: Image.Image, count: int, options: ConvertOptions) -> bytes:
    """The same frames in a format that FFmpeg reads, no larger than they can be sent."""
    step = -(-count // MOST_FRAMES)
    each = MAX_PIXELS // (PATCH * PATCH) // min(count, MOST_FRAMES)
    most = min(options.max_image_tokens, max(LEAST_FRAME_TOKENS, each))
    size = image.size if image_tokens(*image.size) <= most else fit(*image.size, most)
    durations: list[int] = []

    def frames() -> Iterator[Image.Image]:
        for number in range(0, count, step):
            image.seek(number)
            image.load()
            durations.append(max(1, int(image.info.get("duration", USUAL_MS) or USUAL_MS)) * step)
            yield plain(image, size, options.paper).convert("RGB")

    first, *others = frames()
    buffer = BytesIO()
    first.save(buffer, "PNG", save_all=True, append_images=others, duration=durations, compress_level=1)
    return buffer.getvalue()


def _note(name: str, frames: int) -> FilePart:
    text = tr("{name} holds {count} pictures; only the first is attached.", name=name, count=frames)
    return note(tr("{name}, first of {count} pictures", name=name, count=frames), text)
