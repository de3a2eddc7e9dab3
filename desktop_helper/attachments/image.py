"""Pictures of every common format, turned into the PNG or JPEG that any model server reads."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING

from desktop_helper.attachments import _coded, _detail, _errors, _heif, _many
from desktop_helper.attachments._metadata import is_regular, without_metadata
from desktop_helper.attachments._pixels import (
    has_alpha,
    is_opaque,
    padded,
    plain,
    upright,
)
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import USUAL
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, fit, image_tokens, padded_size
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

if TYPE_CHECKING:
    from PIL import Image

# Formats that Pillow decodes by itself. Its PostScript reader, for one, would start another program.
FORMATS = (
    *("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "JPEG2000", "PPM"),
    *("ICNS", "PSD", "PCX", "QOI", "DDS"),
)
COMMON_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")  # Pillow has them at hand
SIGNATURES = (
    *COMMON_SIGNATURES,
    b"II*\0",
    b"MM\0*",
    b"\0\0\1\0",
    b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51",
    *(b"P%d%c" % (kind, space) for kind in range(1, 7) for space in b"\n "),
    b"icns",
    b"8BPS\0\1",
    b"qoif",
    b"DDS |",
    b"\x0a\x05\x01\x08",
)
LOSSY = ("JPEG", "MPO", "AVIF", "JPEG2000", "HEIF")
MAX_PIXELS = 100_000_000  # 400 MB while it is decoded
MAX_JPEG_PIXELS = 400_000_000  # decoded at a fraction of its size, so that the largest photographs work
JPEG_QUALITIES = (90, 80, 65)
EXIF_ORIENTATION = 0x0112
UPRIGHT = 1
TURNED = (5, 6, 7, 8)  # by a quarter


def _matches(head: bytes, name: str) -> bool:
    container = head[4:12] in (b"ftypavif", b"ftypavis") or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    return container or head.startswith(SIGNATURES) or _heif.looks_like_one(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    with opened(data, name) as image:
        try:
            if options.wish != USUAL:
                return _many.one_page(image, name, options, _wished)
            if options.pages and image.format != "TIFF":
                raise _errors.pageless(name)
            if several := _many.parts(image, data, name, options, part):
                return several
            one = part(image, data, name, options)
        except MemoryError as error:
            raise _too_large(image, name, MAX_PIXELS) from error
        except HelperError:
            raise
        except Exception as error:  # every format's decoder has exceptions of its own
            raise _errors.damaged(name) from error
    return (one,)


def first(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The first picture of a file, whatever else it holds. Raises `HelperError(SOURCE)`."""
    if not data:
        raise _errors.empty(name)
    with opened(data, name) as image:
        try:
            return (part(image, data, name, options),)
        except Exception as error:
            raise _errors.damaged(name) from error


def opened(data: bytes, name: str) -> Image.Image:
    """A picture of which only the header was read: one of absurd size costs nothing. Raises `HelperError(SOURCE)`."""
    if _heif.looks_like_one(data):
        return _open_heif(data, name)
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # we have our own limit, with a sentence for it
    Image.preinit()
    if not data.startswith(COMMON_SIGNATURES):
        Image.init()  # imports the readers of every other format
    formats = [name for name in FORMATS if name in Image.OPEN]
    try:
        image = Image.open(BytesIO(data), formats=formats)
    except Exception as error:
        raise _not_opened(data, name) from error
    limit = MAX_JPEG_PIXELS if image.format == "JPEG" else MAX_PIXELS
    if image.width * image.height > limit:
        raise _too_large(image, name, limit)
    if image.format == "JPEG2000" and _coded.is_deep_jpeg2000(data):
        return _open_deep(image, data, name)
    return image


def _open_deep(image: Image.Image, data: bytes, name: str) -> Image.Image:
    try:
        deep = _coded.decoded("jpeg2000", b"", data, image.width * image.height)
    except Exception as error:  # FFmpeg's, or that it is not there
        raise _errors.damaged(name) from error
    deep.format = image.format
    return deep


def _open_heif(data: bytes, name: str) -> Image.Image:
    try:
        file = _heif.Heif(data)
        width, height = file.size
    except Exception as error:  # numbers that lead nowhere
        raise _errors.damaged(name) from error
    if width * height > MAX_PIXELS:
        raise _too_large(file, name, MAX_PIXELS)
    try:
        image = file.picture()
    except MemoryError:
        raise  # ends this process, and the parent says that the file needs too much
    except Exception as error:  # FFmpeg's, struct's
        raise _errors.damaged(name) from error
    image.format = "HEIF"
    image.info["pictures"] = len(file.pictures)
    return image


def _too_large(image: Image.Image | _heif.Heif, name: str, limit: int) -> HelperError:
    return _errors.unreadable(
        tr("{name} is too large: {width} x {height} pixels.", name=name, width=image.width, height=image.height),
        tr("Make it smaller than {limit} million pixels.", limit=limit // 1_000_000),
    )


def _not_opened(data: bytes, name: str) -> HelperError:
    if _matches(data[:64], name):
        return _errors.damaged(name)
    return _errors.unreadable(
        tr("{name} is not a picture, or not of a format that can be read.", name=name),
        tr("Save it as PNG or JPEG and attach that."),
    )


def part(image: Image.Image, data: bytes, name: str, options: ConvertOptions) -> ImagePart:
    """The picture, or the page at which a file of several stands now, as it is sent."""
    width, height = image.size
    if width * height > MAX_JPEG_PIXELS:  # a later page
        raise _too_large(image, name, MAX_PIXELS)
    size = _target_size(width, height, options.max_image_tokens)
    if image.format == "JPEG" and size != image.size:
        image.draft(None, (2 * size[0], 2 * size[1]))  # lets the decoder skip detail that would be thrown away
    image.load()
    orientation = _orientation(image)  # after `load`: reading it may load the picture, and would hide that it is broken
    if orientation == UPRIGHT and size == image.size and _is_portable(image, data):
        mime = "image/png" if image.format == "PNG" else "image/jpeg"
        return ImagePart(without_metadata(data), mime, width, height, name, image_tokens(width, height))
    ready = padded(upright(plain(image, size, options.paper), orientation))
    encoded, mime = _encode(ready, lossless=image.format not in LOSSY)
    full = _shrunk((width, height), size)
    full = full[::-1] if full and orientation in TURNED else full
    return ImagePart(encoded, mime, *ready.size, name, image_tokens(*ready.size), full_size=full)


def page_tokens(image: Image.Image, max_tokens: int) -> int:
    """What the page costs at which a file of several stands now."""
    return image_tokens(*padded_size(*_target_size(*image.size, max_tokens)))


def _wished(image: Image.Image, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """A part of the picture, or all of it pixel for pixel."""
    lossless, limit = image.format not in LOSSY, options.max_image_tokens
    image.load()
    ready = _detail.cropped(upright(plain(image, image.size, options.paper), _orientation(image)), options.wish)
    fits = _target_size(*ready.size, limit) == ready.size
    several = _detail.in_several(ready, name, limit) if options.wish.in_full and not fits else []
    if not several:
        ready = _detail.enlarged(ready, limit) if options.wish.enlarged else ready
        return (_sized(ready, name, limit, lossless=lossless),)
    note = _detail.note(ready, name, limit)
    return (note, *(_sized(picture, title, tokens, lossless=lossless) for title, picture, tokens in several))


def _sized(image: Image.Image, name: str, max_tokens: int, *, lossless: bool) -> ImagePart:
    size = _target_size(*image.size, max_tokens)
    ready = padded(plain(image, size))
    encoded, mime = _encode(ready, lossless=lossless)
    return ImagePart(encoded, mime, *ready.size, name, image_tokens(*ready.size), full_size=_shrunk(image.size, size))


def _shrunk(full: tuple[int, int], size: tuple[int, int]) -> tuple[int, int] | None:
    return full if size[0] < full[0] or size[1] < full[1] else None


def _target_size(width: int, height: int, max_tokens: int) -> tuple[int, int]:
    shrink = min(1.0, MAX_SIDE / max(width, height))
    if shrink == 1.0 and image_tokens(width, height) <= max_tokens:
        return width, height
    return fit(max(1, round(width * shrink)), max(1, round(height * shrink)), max_tokens)


def _orientation(image: Image.Image) -> int:
    """How the camera was held, as EXIF numbers it; upright if that cannot be read."""
    with contextlib.suppress(Exception):  # broken metadata is no reason to refuse the picture
        return int(image.getexif().get(EXIF_ORIENTATION, UPRIGHT))
    return UPRIGHT


def _is_portable(image: Image.Image, data: bytes) -> bool:
    """Whether every server sees in these bytes what the user sees."""
    return (
        image.format in ("PNG", "JPEG")
        and len(data) <= MAX_BYTES
        and getattr(image, "n_frames", 1) == 1
        and (image.mode in ("RGB", "L", "1", "P") or has_alpha(image))
        and is_opaque(image)
        and padded_size(*image.size) == image.size
        and is_regular(data)
    )


def _encode(image: Image.Image, *, lossless: bool) -> tuple[bytes, str]:
    """PNG for what was sharp, JPEG for photographs and for what would be too large as PNG."""
    if lossless:
        buffer = BytesIO()
        image.save(buffer, "PNG", compress_level=4)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue(), "image/png"
    for quality in JPEG_QUALITIES:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality, subsampling=0)
        if buffer.tell() <= MAX_BYTES:
            break
    return buffer.getvalue(), "image/jpeg"


HANDLER = AttachmentHandler(
    name="image",
    title=lambda: tr("pictures"),
    suffixes=(
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".gif",
        ".bmp",
        ".tif",
        ".tiff",
        ".avif",
        ".ico",
        ".jp2",
        *(".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif", ".hif", ".avifs", ".j2k", ".jpe", ".jfif", ".dib"),
        *(".icns", ".psd", ".pcx", ".qoi", ".dds"),
    ),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    has_pages=True,
)
