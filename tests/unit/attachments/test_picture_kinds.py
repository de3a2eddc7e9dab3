"""Kinds of pictures that need more than their format's reader: HEIC, several in one file, wide colours, paper."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from desktop_helper.attachments import image
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from tests.support import heif_files
from tests.support.sample_files import decoded, encoded, picture

WHITE, BLACK, RED, BLUE = (255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 0, 255)
DARK = (28, 28, 30)


def convert(data: bytes, name: str = "a.png", **options: Any) -> tuple[MediaPart, ...]:
    return image.HANDLER.convert(data, name, ConvertOptions(**options))


def only(data: bytes, **options: Any) -> ImagePart:
    (part,) = convert(data, **options)
    assert isinstance(part, ImagePart)
    return part


def pixel(part: MediaPart, x: int, y: int) -> tuple[int, ...]:
    colour = decoded(part.data).convert("RGB").getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


def near(colour: tuple[int, int, int]) -> object:
    return pytest.approx(colour, abs=14)


class TestHeic:
    def test_one_as_libheif_writes_it(self) -> None:
        assert image.HANDLER.matches(heif_files.PLAIN[:64], "x")
        part = only(heif_files.PLAIN)
        assert (part.width, part.height) == (64, 64)
        assert [pixel(part, *at) for at in ((5, 5), (60, 5), (5, 60))] == [near(RED), near(BLUE), near(BLACK)]

    def test_what_is_transparent_shows_the_paper(self) -> None:
        part = only(heif_files.CLEAR, paper=DARK)
        assert pixel(part, 5, 5) == near(DARK)
        assert pixel(part, 5, 40) == near(RED)

    def test_a_grid_of_tiles_becomes_one_picture(self) -> None:
        part = only(heif_files.grid(3, 2))
        assert (part.width, part.height) == (192, 128)
        assert pixel(part, 64 * 2 + 5, 5) == near(RED)
        assert pixel(part, 64 * 2 + 5, 64 + 60) == near(BLACK)

    @pytest.mark.parametrize(
        ("turn", "mirror", "corner", "size"),
        [
            (1, None, BLUE, (64, 128)),
            (2, None, BLUE, (128, 64)),
            (3, None, BLACK, (64, 128)),
            (0, 0, BLACK, (128, 64)),
            (0, 1, BLUE, (128, 64)),
        ],
    )
    def test_it_is_turned_as_the_file_says(
        self, turn: int, mirror: int | None, corner: tuple[int, int, int], size: tuple[int, int]
    ) -> None:
        part = only(heif_files.grid(2, 1, turn=turn, mirror=mirror))
        assert (part.width, part.height) == size
        assert pixel(part, 4, 4) == near(corner)

    def test_a_grid_is_cut_to_its_size(self) -> None:
        part = only(heif_files.grid(2, 2, size=(100, 90)))
        assert (part.width, part.height) == (100, 90)

    def test_pieces_that_say_they_are_huge_are_as_large_as_they_are(self) -> None:
        data = heif_files.PLAIN
        place = data.index(b"ispe") + 8
        part = only(data[:place] + (9000).to_bytes(4, "big") + (9000).to_bytes(4, "big") + data[place + 8 :])
        assert (part.width, part.height) == (64, 64)

    def test_more_than_one_are_mentioned(self) -> None:
        note, part = convert(heif_files.TWO, "a.heic")
        assert isinstance(note, FilePart)
        assert note.text == "a.heic holds 2 pictures; only the first is attached."
        assert pixel(part, 5, 5) == near(RED)

    def test_an_absurd_size_costs_nothing(self) -> None:
        begun = time.perf_counter()
        with pytest.raises(HelperError, match="too large"):
            convert(heif_files.grid(2, 2, size=(60_000, 60_000)))
        assert time.perf_counter() - begun < 1

    @pytest.mark.parametrize("tenth", range(10))
    def test_one_that_breaks_off_is_refused(self, tenth: int) -> None:
        data = heif_files.PLAIN[: len(heif_files.PLAIN) * tenth // 10]
        with pytest.raises(HelperError) as caught:
            convert(data)
        assert caught.value.message.endswith(".")

    @settings(max_examples=80, deadline=None)
    @given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6))
    def test_wrong_bytes_are_refused_or_read(self, changes: list[tuple[float, int]]) -> None:
        data = bytearray(heif_files.grid(2, 2))
        for place, value in changes:
            data[int(place * len(data))] = value
        refused = None
        try:
            assert convert(bytes(data))
        except HelperError as error:
            refused = error
        assert refused is None or "a.png" in refused.message


def frames(*colours: str) -> list[Image.Image]:
    return [Image.new("RGB", (96, 64), colour) for colour in colours]


def moving(kind: str, pictures: list[Image.Image]) -> bytes:
    more = {"loop": 1} if kind == "WEBP" else {}
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=600, **more)


class TestSeveral:
    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF"])
    def test_of_what_moves_frames_go_with_their_times(self, kind: str) -> None:
        note, *shown = convert(moving(kind, frames("red", "red", "blue", "blue", "blue")), "a.gif")
        assert isinstance(note, FilePart)
        assert note.text.startswith("a.gif is an animation of 0:0")
        assert len(shown) >= 2
        moments = [part.moment for part in shown if isinstance(part, ImagePart)]
        assert all(moment is not None and moment.clip == "a.gif" for moment in moments)
        assert pixel(shown[0], 5, 5) == near(RED)
        assert pixel(shown[-1], 5, 5) == near(BLUE)

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF"])
    def test_one_frame_is_a_picture(self, kind: str) -> None:
        assert only(encoded(frames("red")[0], kind)).moment is None

    def test_a_still_that_says_it_moves_is_a_picture(self) -> None:
        dots = frames("red", "red")
        dots[1].putpixel((0, 0), (254, 0, 0))  # equal frames are not even written
        parts = convert(moving("WEBP", dots))
        assert len([part for part in parts if isinstance(part, ImagePart)]) <= 2
        assert pixel(parts[-1], 5, 5) == near(RED)

    def test_all_pages_of_a_tiff_go(self) -> None:
        first, *others = frames("red", "lime", "blue")
        parts = convert(encoded(first, "TIFF", save_all=True, append_images=others), "a.tif")
        assert [part.name for part in parts] == [f"a.tif, page {page} of 3" for page in (1, 2, 3)]
        assert [pixel(part, 5, 5) for part in parts] == [RED, (0, 255, 0), BLUE]

    def test_chosen_pages_of_a_tiff_go(self) -> None:
        first, *others = frames("red", "lime", "blue", "black")
        data = encoded(first, "TIFF", save_all=True, append_images=others)
        note, *pages = convert(data, "a.tif", pages=ranges_of("2, 4-"))
        assert isinstance(note, FilePart)
        assert note.text == "a.tif has 4 pages; attached are 2, 4, as chosen."
        assert [pixel(part, 5, 5) for part in pages] == [(0, 255, 0), BLACK]

    def test_a_page_that_is_not_there_is_refused(self) -> None:
        first, *others = frames("red", "lime")
        data = encoded(first, "TIFF", save_all=True, append_images=others)
        with pytest.raises(HelperError, match=r"a\.tif has 2 pages: 7-9 is not among them\."):
            convert(data, "a.tif", pages=ranges_of("7-9"))


class TestColours:
    def test_wide_colours_are_brought_to_those_of_screens(self) -> None:
        """With red and green exchanged in the profile, a reader that ignores it shows the wrong one."""
        profile = ImageCms.ImageCmsProfile(BytesIO(_swapped_profile()))
        data = encoded(Image.new("RGB", (64, 64), RED), "WEBP", lossless=True, icc_profile=profile.tobytes())
        red, green, _blue = pixel(only(data), 5, 5)
        assert green > 200 > 60 > red

    def test_a_broken_profile_is_no_reason_to_refuse(self) -> None:
        data = encoded(Image.new("RGB", (64, 64), RED), "WEBP", lossless=True, icc_profile=b"x" * 200)
        assert pixel(only(data), 5, 5) == near(RED)

    def test_sixteen_bits_of_another_producer(self) -> None:
        grey = np.full((64, 64), 0x8000, np.uint16)
        colour = np.zeros((64, 64, 3), np.uint16)
        colour[:, :, 2] = 0xFFFF
        for kind in ("pgm", "png", "tiff"):
            assert pixel(only(cv2.imencode(f".{kind}", grey)[1].tobytes()), 5, 5) == (128, 128, 128)
        for kind in ("ppm", "png", "tiff", "jp2"):
            assert pixel(only(cv2.imencode(f".{kind}", colour)[1].tobytes()), 5, 5) == near(RED)


class TestPaper:
    def test_the_theme_is_behind_what_is_transparent(self) -> None:
        data = encoded(_drawing((255, 80, 80)), "PNG")
        assert pixel(only(data, paper=DARK), 60, 60) == DARK
        assert pixel(only(data), 60, 60) == WHITE

    @pytest.mark.parametrize(("ink", "paper"), [(WHITE, WHITE), (BLACK, DARK), ((250, 250, 245), WHITE)])
    def test_what_would_not_be_seen_gets_another_paper(
        self, ink: tuple[int, int, int], paper: tuple[int, int, int]
    ) -> None:
        part = only(encoded(_drawing(ink), "PNG"), paper=paper)
        there, behind = sum(pixel(part, 5, 5)), sum(pixel(part, 60, 60))
        assert abs(there - behind) > 500

    def test_nothing_at_all_is_paper(self) -> None:
        assert pixel(only(encoded(Image.new("RGBA", (64, 64)), "PNG"), paper=DARK), 5, 5) == DARK


def _drawing(ink: tuple[int, int, int]) -> Image.Image:
    drawn = Image.new("RGBA", (64, 64))
    drawn.paste((*ink, 255), (0, 0, 20, 20))
    return drawn


def _swapped_profile() -> bytes:
    """sRGB in which the red and the green primary have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace(b"sRGB", b"xRGB").replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["PCX", "ICNS", "DDS"])
def test_rarer_formats(kind: str) -> None:
    data = picture(128, 128, kind=kind)
    part = only(data)
    assert (part.width, part.height) == decoded(data).size
