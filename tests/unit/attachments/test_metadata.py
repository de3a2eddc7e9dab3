"""Private metadata goes, pixels stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from desktop_helper.attachments._metadata import is_regular, without_metadata
from tests.support.sample_files import decoded, encoded, picture, png_chunk

SECRET = "51.5007, -0.1246 Jane Doe"


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x013B] = SECRET  # artist
    return made


def test_jpeg_loses_exif_xmp_and_comments() -> None:
    data = encoded(decoded(picture()), "JPEG", exif=exif(), comment=SECRET.encode(), xmp=SECRET.encode())
    assert data.count(b"Jane") == 3
    clean = without_metadata(data)
    assert b"Jane" not in clean
    assert decoded(clean).tobytes() == decoded(data).tobytes()


def test_jpeg_keeps_its_colour_profile() -> None:
    data = encoded(decoded(picture()), "JPEG", icc_profile=b"profile" * 9, exif=exif())
    assert decoded(without_metadata(data)).info["icc_profile"] == b"profile" * 9


def test_jpeg_with_rubbish_between_its_segments_stays_a_picture_and_loses_what_follows_the_rubbish() -> None:
    data = encoded(decoded(picture()), "JPEG", exif=exif())
    clean = without_metadata(data[:2] + b"rubbish \xff\x00 " + data[2:])
    assert b"Jane" not in clean
    assert decoded(clean).tobytes() == decoded(data).tobytes()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
def test_ordinary_jpegs_go_as_they_are(options: dict[str, object]) -> None:
    data = encoded(decoded(picture()), "JPEG", exif=exif(), **options)
    assert is_regular(data)
    assert is_regular(b"\xff\xd8" + b"\xff" * 3 + data[2:])


def test_what_only_forgiving_decoders_read_does_not() -> None:
    data = encoded(decoded(picture()), "JPEG")
    middle = data.index(b"\xff\xda") + 60
    assert not is_regular(data[:-2])
    assert not is_regular(data[:middle] + b"\xff\x9e\x00\x04xx" + data[middle:])
    assert not is_regular(data[:4] + b"rubbish" + data[4:])


def test_png_loses_texts_and_exif() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET)
    info.add_itxt("Location", SECRET)
    data = encoded(decoded(picture()), "PNG", pnginfo=info, exif=exif())
    assert b"Jane" in data
    clean = without_metadata(data)
    assert b"Jane" not in clean
    assert decoded(clean).tobytes() == decoded(data).tobytes()


def test_png_loses_chunks_that_nobody_knows() -> None:
    data = picture()
    end = data.index(b"IEND") - 4
    assert without_metadata(data[:end] + png_chunk(b"prVt", SECRET.encode()) + data[end:]) == data


def test_png_keeps_what_it_needs_to_look_the_same() -> None:
    image = decoded(picture()).convert("P")
    data = encoded(image, "PNG", transparency=0, dpi=(300, 300), icc_profile=b"profile" * 9)
    assert without_metadata(data) == data


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("more", [SECRET.encode(), b"\0\0\0\x18ftypmp42 \xff\xd9 \xff\xd8"], ids=["text", "film"])
def test_what_follows_the_end_of_the_picture_goes_too(kind: str, more: bytes) -> None:
    data = picture(kind=kind)
    assert without_metadata(data + more) == data


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"quality": 100}])
def test_jpeg_is_read_to_its_own_end(options: dict[str, object]) -> None:
    noise = Image.effect_noise((200, 160), 90).convert("RGB")
    data = encoded(noise, "JPEG", exif=exif(), **options)
    clean = without_metadata(data + SECRET.encode())
    assert b"Jane" not in clean
    assert clean.endswith(b"\xff\xd9")
    assert decoded(clean).tobytes() == decoded(data).tobytes()


def test_clean_files_and_other_kinds_stay_as_they_are() -> None:
    for data in (picture(), picture(kind="JPEG"), picture(kind="GIF"), b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"):
        assert without_metadata(data) == data


@given(st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]), st.binary(max_size=200))
def test_rubbish_is_survived(head: bytes, rest: bytes) -> None:
    assert len(without_metadata(head + rest)) <= len(head + rest)
