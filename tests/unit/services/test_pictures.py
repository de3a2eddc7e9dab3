"""What a captured frame becomes: exact pixels within the budget, PNG or JPEG, never too large for a server."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, image_tokens, padded_size
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import Frame
from desktop_helper.services import pictures


def noise(width: int, height: int) -> Frame:
    """What no encoder makes small."""
    return Frame(random.Random(1).randbytes(width * height * 4), Rect(0, 0, width, height))


def page(width: int, height: int) -> Frame:
    """A user interface: flat areas with some detail."""
    pixels = np.full((height, width, 4), 250, np.uint8)
    pixels[::9, : width // 2, :3] = (40, 30, 20)
    pixels[:, :: max(1, width // 8), :3] = (200, 90, 60)
    return Frame(pixels.tobytes(), Rect(0, 0, width, height))


def photo(width: int, height: int) -> Frame:
    """Smooth colours with grain: no two neighbours are equal."""
    grain = np.random.default_rng(1).integers(0, 24, (height, width, 4))
    waves = np.sin(np.arange(width) / 37)[None, :, None] * 60 + np.cos(np.arange(height) / 53)[:, None, None] * 60 + 120
    return Frame((waves + grain).clip(0, 255).astype(np.uint8).tobytes(), Rect(0, 0, width, height))


def opened(part: ImagePart) -> Image.Image:
    return Image.open(io.BytesIO(part.data)).convert("RGB")


def rgb(frame: Frame) -> bytes:
    size = (frame.width, frame.height)
    return Image.frombytes("RGB", size, bytes(frame.data), "raw", "BGRX").tobytes()


@given(st.data())
@settings(max_examples=40)
def test_a_crop_has_the_pixels_of_the_frame(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    frame = Frame(noise(width, height).data, Rect(100, 50, width, height))
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    rect = Rect(100 + x, 50 + y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y)))

    cut = pictures.crop(frame, rect)

    whole = np.frombuffer(frame.data, np.uint8).reshape(height, width, 4)
    assert cut.rect == rect
    assert bytes(cut.data) == whole[y : y + rect.height, x : x + rect.width].tobytes()


def test_a_crop_does_not_share_memory_with_its_frame() -> None:
    data = bytearray(4 * 4 * 4)
    whole = pictures.crop(Frame(data, Rect(0, 0, 4, 4)), Rect(0, 0, 4, 4))
    data[0] = 255
    assert bytes(whole.data)[0] == 0


def test_a_crop_outside_of_the_frame_is_refused() -> None:
    with pytest.raises(HelperError) as caught:
        pictures.crop(page(10, 10), Rect(5, 5, 10, 2))
    assert caught.value.kind is ErrorKind.CAPTURE


@pytest.mark.parametrize(("width", "height"), [(520, 230), (28, 28), (29, 57), (1919, 1079)])
def test_what_fits_keeps_its_exact_pixels(width: int, height: int) -> None:
    frame = page(width, height)
    part = pictures.encode(frame, "Region", 6144)
    assert (part.width, part.height, part.mime) == (width, height, "image/png")
    assert part.tokens == image_tokens(width, height)
    assert opened(part).tobytes() == rgb(frame)


def test_a_small_crop_of_a_photograph_is_exact_too() -> None:
    frame = photo(600, 400)
    part = pictures.encode(frame, "Region", 6144)
    assert part.mime == "image/png"
    assert opened(part).tobytes() == rgb(frame)


def test_a_large_photograph_becomes_a_jpeg_that_looks_the_same() -> None:
    frame = photo(1600, 1000)
    part = pictures.encode(frame, "Screen", 6144)
    assert (part.mime, part.width, part.height) == ("image/jpeg", 1600, 1000)
    difference = np.asarray(opened(part), np.int16) - np.frombuffer(rgb(frame), np.uint8).reshape(1000, 1600, 3)
    assert np.abs(difference).mean() < 6


@given(st.integers(1, 2600), st.integers(1, 1600), st.sampled_from([8, 64, 700, 1500, 6144]))
@settings(max_examples=30)
def test_nothing_is_over_the_budget(width: int, height: int, max_tokens: int) -> None:
    part = pictures.encode(page(width, height), "x", max_tokens)
    assert part.tokens == image_tokens(part.width, part.height) <= max_tokens
    assert opened(part).size == (part.width, part.height)
    assert max(part.width, part.height) <= MAX_SIDE
    assert padded_size(part.width, part.height) == (part.width, part.height)


def test_a_long_strip_is_not_too_thin_once_it_is_made_smaller() -> None:
    part = pictures.encode(page(12000, 64), "x", 6144)
    assert padded_size(part.width, part.height) == (part.width, part.height)


def test_what_is_over_the_budget_is_made_of_whole_tokens() -> None:
    part = pictures.encode(page(3840, 2160), "Screen", 6144)
    assert part.width % 28 == part.height % 28 == 0
    assert abs(part.width / part.height - 16 / 9) < 0.02
    assert part.tokens > 5800


@pytest.mark.parametrize(("width", "height"), [(1, 1), (27, 40), (1000, 2), (3, 1200), (5000, 1), (5999, 30)])
def test_what_is_too_small_or_thin_is_widened_until_a_model_takes_it(width: int, height: int) -> None:
    frame = page(width, height)
    part = pictures.encode(frame, "x", 6144)
    assert (part.width, part.height) == padded_size(width, height)
    assert min(part.width, part.height) >= 28
    picture = opened(part)
    assert picture.crop((0, 0, width, height)).tobytes() == rgb(frame)
    pixels = np.asarray(picture)
    assert (pixels[height - 1] == pixels[-1]).all()  # its own pixels, repeated
    assert (pixels[:, width - 1] == pixels[:, -1]).all()


def test_noise_stays_below_the_servers_limit() -> None:
    part = pictures.encode(noise(3000, 1600), "x", 6144)
    assert len(part.data) <= MAX_BYTES
    assert opened(part).size == (part.width, part.height)


def test_png_has_the_exact_pixels() -> None:
    frame = noise(123, 45)
    assert Image.open(io.BytesIO(pictures.to_png(frame))).convert("RGB").tobytes() == rgb(frame)


def test_importing_opencv_leaves_the_environment_alone() -> None:
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
    code = (
        "import os, sys; from desktop_helper.services import pictures\n"
        "assert 'cv2' not in sys.modules and 'numpy' not in sys.modules\n"
        f"before = [os.environ.get(n) for n in {names!r}]; pictures.load_cv2()\n"
        f"assert before == [os.environ.get(n) for n in {names!r}]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ), timeout=60)


def test_a_frame_that_was_made_smaller_says_how_large_it_was() -> None:
    assert pictures.encode(page(1920, 1080), "Screen", 1500).full_size == (1920, 1080)
    assert pictures.encode(page(1920, 1080), "Screen", 6144).full_size is None
    assert pictures.encode(page(10, 10), "Dot", 6144).full_size is None
