"""Brings pictures into the one form that every model server understands: opaque, 8 bits, upright, not too thin."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING, cast

from desktop_helper.core.image_tokens import padded_size

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]
"""Red, green and blue."""

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
LEAST_CONTRAST = 40  # of 255, on average over what is not transparent
SMOOTH_MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")  # values that may be averaged as they stand


def has_alpha(image: Image.Image) -> bool:
    """Whether pixels may be transparent, by a channel of their own or by a colour that means "nothing"."""
    return bool(image.has_transparency_data)


def is_opaque(image: Image.Image) -> bool:
    """Whether nothing shines through; most screenshots have an alpha channel in which every pixel is solid."""
    if not has_alpha(image):
        return True
    if "A" in image.getbands():
        return image.getchannel("A").getextrema()[0] == 255
    return False


def plain(image: Image.Image, size: tuple[int, int], paper: Colour = WHITE) -> Image.Image:
    """Grey or RGB at `size`, in the colours of screens, what is transparent on `paper`.

    Shrinks first where the pixels allow it, so that a huge picture is not copied whole.
    """
    if image.mode in SMOOTH_MODES:
        return _opaque(_resized(image, size), paper)
    return _resized(_opaque(image, paper), size)


def _opaque(image: Image.Image, paper: Colour) -> Image.Image:
    """With 8 bits a channel, transparent parts on paper (servers would make them black)."""
    from PIL import Image

    image = _for_screens(image)
    if has_alpha(image):
        coloured = image.convert("RGBA")
        sheet = Image.new("RGB", image.size, _seen_on(coloured, paper))
        sheet.paste(coloured, mask=coloured.getchannel("A"))
        return sheet
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in ("L", "1"):
        return image.convert("L")
    return image.convert("RGB")


def _seen_on(image: Image.Image, paper: Colour) -> Colour:
    """The paper, or black or white where next to nothing of the picture would be seen on it: a white logo on white."""
    from PIL import Image, ImageChops, ImageStat

    small = image.copy()
    small.thumbnail((128, 128))
    shown, mask = small.convert("RGB"), small.getchannel("A")
    if mask.getextrema()[1] == 0:
        return paper

    def contrast(behind: Colour) -> float:
        bands = ImageChops.difference(shown, Image.new("RGB", small.size, behind)).split()
        return max(ImageStat.Stat(band, mask).mean[0] for band in bands)

    return paper if contrast(paper) >= LEAST_CONTRAST else max(WHITE, BLACK, key=contrast)


def _for_screens(image: Image.Image) -> Image.Image:
    """In sRGB, if the file says which other colours its numbers mean: wide ones of telephones, inks of printers."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    from PIL import ImageCms

    with contextlib.suppress(Exception):  # a broken profile is no reason to refuse the picture
        described = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(described):
            return image
        meant = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, described, meant, outputMode=mode) or image
    return image


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    from PIL import Image

    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turned and mirrored as EXIF's `orientation` (1 to 8) asks."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def padded(image: Image.Image) -> Image.Image:
    """With white added at the right or the bottom if it is smaller or thinner than a model accepts."""
    from PIL import Image

    size = padded_size(*image.size)
    if size == image.size:
        return image
    paper = Image.new(image.mode, size, "white")
    paper.paste(image)
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or of floating point: 16 bits by their meaning, the rest by what they hold."""
    if image.mode.startswith("I;16") or image.format == "PPM":
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    low, high = cast("tuple[float, float]", image.convert("F").getextrema())
    scale = 255 / (high - low) if high > low else 1.0
    return image.convert("F").point(lambda value: value * scale - low * scale).convert("L")
