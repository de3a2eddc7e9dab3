"""A picture that was made smaller says so, and goes in full when it is wished: in parts, or one part of it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from desktop_helper.attachments import image
from desktop_helper.core.image_parts import Wish, parts
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files


def gradient(width: int, height: int) -> Image.Image:
    """Every pixel says where it is, within 256 x 256."""
    x, y = np.meshgrid(np.arange(width) % 256, np.arange(height) % 256)
    return Image.fromarray(np.dstack([x, y, (x // 7 + y // 5) % 256]).astype(np.uint8))


def convert(picture: Image.Image, wish: Wish, limit: int = 1500, kind: str = "PNG", **saved: object) -> list[MediaPart]:
    data = sample_files.encoded(picture, kind, **saved)
    return list(image.HANDLER.convert(data, "a.png", ConvertOptions(limit, wish=wish)))


def pixels(part: MediaPart) -> np.ndarray:
    return np.asarray(sample_files.decoded(part.data).convert("RGB"))


def test_what_was_made_smaller_says_how_large_it_was() -> None:
    (part,) = convert(gradient(1920, 1080), Wish())
    assert isinstance(part, ImagePart)
    assert part.full_size == (1920, 1080)
    assert part.tokens <= 1500
    (small,) = convert(gradient(640, 480), Wish())
    assert isinstance(small, ImagePart)
    assert small.full_size is None


def test_the_size_before_is_told_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (part,) = convert(gradient(3000, 2000), Wish(), kind="JPEG", exif=exif)
    assert isinstance(part, ImagePart)
    assert part.full_size == (2000, 3000)
    assert part.height > part.width


def test_in_full_it_goes_pixel_for_pixel_in_parts() -> None:
    whole = gradient(1920, 1080)
    note, overview, *rest = convert(whole, Wish(in_full=True))
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    assert note.text == (
        "a.png measures 1920 × 1080 pixels. The first picture shows all of it, smaller. "
        "The next 2 show it in full detail, row by row (2 × 1). Neighbours share 56 pixels."
    )
    assert isinstance(overview, ImagePart)
    assert overview.tokens <= 800
    assert [part.name for part in rest] == ["a.png, part 1 of 2", "a.png, part 2 of 2"]
    for part, (left, top, width, height) in zip(rest, parts(1920, 1080, 1500), strict=True):
        assert isinstance(part, ImagePart)
        assert part.tokens <= 1500
        assert part.full_size is None
        expected = np.asarray(whole)[top : top + height, left : left + width]
        assert (pixels(part) == expected).all()


def test_what_fits_goes_as_it_is() -> None:
    (part,) = convert(gradient(640, 480), Wish(in_full=True))
    assert (pixels(part) == np.asarray(gradient(640, 480))).all()


def test_what_would_need_too_many_parts_goes_smaller_and_says_so() -> None:
    (part,) = convert(gradient(4000, 4000), Wish(in_full=True), limit=200)
    assert isinstance(part, ImagePart)
    assert part.full_size == (4000, 4000)


def test_a_part_of_it_is_cut_pixel_for_pixel() -> None:
    whole = gradient(1920, 1080)
    (part,) = convert(whole, Wish(area=(0.5, 0.25, 0.25, 0.5)))
    assert (pixels(part) == np.asarray(whole)[270:810, 960:1440]).all()


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "I;16", "CMYK"])
def test_every_kind_of_pixels_can_be_cut(mode: str) -> None:
    picture = gradient(600, 400).convert("L" if mode == "I;16" else mode)
    kind = "TIFF" if mode in ("CMYK", "I;16") else "PNG"
    (part,) = convert(picture, Wish(area=(0.0, 0.0, 0.5, 0.5)), kind=kind)
    assert isinstance(part, ImagePart)
    assert (part.width, part.height) == (300, 200)


def test_of_several_pages_the_chosen_one_goes_in_full() -> None:
    pages = [Image.new("RGB", (2400, 1400), colour) for colour in ("red", "lime", "blue")]
    data = sample_files.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    options = ConvertOptions(1500, wish=Wish(in_full=True), pages=((2, 2),))
    chosen, about, overview, *rest = image.HANDLER.convert(data, "scan.tif", options)
    assert isinstance(chosen, FilePart)
    assert chosen.text == "scan.tif has 3 pages; attached is page 2, as chosen."
    assert isinstance(about, FilePart)
    assert about.text.startswith("scan.tif, page 2 of 3 measures 2400 × 1400 pixels.")
    assert rest
    for part in (overview, *rest):
        assert tuple(pixels(part)[9, 9]) == (0, 255, 0), part.name
