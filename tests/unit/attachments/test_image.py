"""Pictures: what stays as it is, what is changed, and what is refused."""

from __future__ import annotations

import resource

import pytest
from PIL import Image

from desktop_helper.attachments import _many, image
from desktop_helper.core.errors import HelperError
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart
from desktop_helper.core.protocols import ConvertOptions
from tests.support.sample_files import decoded, encoded, huge_png, picture

WHITE, RED, BLUE = (255, 255, 255), (255, 0, 0), (0, 0, 255)


def convert(data: bytes, budget: int = 6144) -> ImagePart:
    """The picture that `data` becomes."""
    part = image.HANDLER.convert(data, "a.png", ConvertOptions(budget))[-1]
    assert isinstance(part, ImagePart)
    return part


def refusal(data: bytes) -> HelperError:
    with pytest.raises(HelperError) as caught:
        image.HANDLER.convert(data, "a.png", ConvertOptions())
    return caught.value


def pixel(part: ImagePart, x: int, y: int) -> tuple[int, int, int]:
    colour = decoded(part.data).convert("RGB").getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour[0], colour[1], colour[2]


@pytest.mark.parametrize(
    "data", [picture(), picture(mode="L"), picture(mode="P"), picture(kind="JPEG"), picture(mode="RGBA")]
)
def test_a_portable_picture_keeps_every_byte(data: bytes) -> None:
    assert convert(data).data == data


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP", "TIFF", "ICO", "PPM", "AVIF", "JPEG2000"])
def test_other_formats_become_png_or_jpeg(kind: str) -> None:
    data = picture(kind=kind)
    assert image.HANDLER.matches(data[:64], "x")
    part = convert(data)
    assert part.mime in ("image/png", "image/jpeg")
    assert (part.width, part.height) == decoded(data).size


def test_a_picture_over_the_budget_is_made_smaller_in_whole_tokens() -> None:
    part = convert(picture(2000, 1000), budget=300)
    assert part.width % 28 == part.height % 28 == 0
    assert 250 <= part.tokens == image_tokens(part.width, part.height) <= 300
    assert part.width / part.height == pytest.approx(2, rel=0.1)


def test_a_picture_with_a_side_over_6000_is_made_smaller() -> None:
    part = convert(picture(9000, 100))
    assert max(part.width, part.height) <= 6000


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_is_turned_upright(orientation: int) -> None:
    upright = Image.new("RGB", (120, 60), RED)
    upright.paste(BLUE, (0, 0, 60, 30))  # only the top left is blue
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[image.EXIF_ORIENTATION] = orientation
    part = convert(encoded(stored, "JPEG", exif=exif, quality=95, subsampling=0))
    assert (part.width, part.height) == (120, 60)
    assert pixel(part, 20, 10) == pytest.approx(BLUE, abs=12)
    assert pixel(part, 100, 50) == pytest.approx(RED, abs=12)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 20, 20))
    part = convert(encoded(clear.convert(mode) if mode != "PA" else clear.quantize(4), "PNG"))
    assert pixel(part, 50, 50) == WHITE
    assert pixel(part, 5, 5) == (0, 0, 0)


def test_a_large_picture_with_transparency_becomes_white_too() -> None:
    part = convert(encoded(Image.new("RGBA", (1000, 1000), (0, 0, 0, 0)), "PNG"), budget=100)
    assert pixel(part, 100, 100) == WHITE


def test_print_colours_become_screen_colours() -> None:
    data = encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG")
    part = convert(data)
    assert decoded(part.data).mode == "RGB"
    assert pixel(part, 5, 5) == pytest.approx(RED, abs=6)


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    grey = Image.new("I;16", (64, 64), 0x8000)
    grey.paste(0xFFFF, (0, 0, 10, 10))
    part = convert(encoded(grey, "PNG"))
    assert pixel(part, 5, 5) == WHITE
    assert pixel(part, 50, 50) == (128, 128, 128)


def test_floating_point_grey_spans_black_to_white() -> None:
    grey = Image.new("F", (64, 64), -3.0)
    grey.paste(5.0, (0, 0, 10, 10))
    part = convert(encoded(grey, "TIFF"))
    assert pixel(part, 5, 5) == WHITE
    assert pixel(part, 50, 50) == (0, 0, 0)


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (4000, 3), (27, 27)])
def test_tiny_and_thin_pictures_are_padded_to_what_models_accept(size: tuple[int, int]) -> None:
    part = convert(encoded(Image.new("RGB", size, RED), "PNG"))
    assert min(part.width, part.height) >= 28
    assert max(part.width, part.height) <= 200 * min(part.width, part.height)
    assert pixel(part, 0, 0) == RED
    assert WHITE in (pixel(part, part.width - 1, part.height - 1), (pixel(part, 0, part.height - 1)))


def test_noise_stays_below_five_megabytes() -> None:
    part = convert(encoded(Image.effect_noise((2400, 1900), 90).convert("RGB"), "PNG"))
    assert part.mime == "image/jpeg"
    assert len(part.data) < 3_750_000


def test_more_pictures_than_one_are_mentioned_where_nothing_reads_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_many, "find_spec", lambda _: None)
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    note, part = image.HANDLER.convert(data, "a.gif", ConvertOptions())
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    assert note.text == "a.gif holds 3 pictures; only the first is attached."
    assert isinstance(part, ImagePart)
    assert pixel(part, 5, 5) == RED


def test_a_huge_picture_is_refused_from_its_header_alone() -> None:
    data = huge_png()
    assert len(data) < 450_000
    picture_once = convert(picture())  # whatever memory the library itself takes
    assert picture_once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(data).message == "a.png is too large: 60000 x 60000 pixels."
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_a_picture_that_is_none_is_refused() -> None:
    assert refusal(b"plain text").message == "a.png is not a picture, or not of a format that can be read."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    data = encoded(Image.effect_noise((300, 300), 50).convert("RGB"), kind)
    assert refusal(data[: len(data) // 2]).message == "a.png is damaged and cannot be read to its end."
