"""Reading text in pictures in a process of its own: what it finds, and that nothing it does harms ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.core.text_layout import layout
from desktop_helper.core.text_lines import count_words
from desktop_helper.ocr import WORKER
from desktop_helper.services.text_reader import TextReader
from tests.support import sample_files, written

PICTURE = [
    (40, 40, "Invoice 2741 of March"),
    (40, 90, "Pens"),
    (400, 90, "3.20"),
    (40, 130, "Paper"),
    (400, 130, "14.75"),
]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture
def reader(logs: Path) -> Iterator[TextReader]:
    """The real one."""
    made = TextReader(child_argv(WORKER), logs)
    yield made
    made.close()


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[TextReader]:
    """One whose process does what the picture says."""
    made = TextReader(child_argv("tests.support.reader_child"), tmp_path, time_limit_s=5)
    yield made
    made.close()


def refusal(reader: TextReader, wish: bytes, cancel: CancelToken | None = None) -> HelperError:
    with pytest.raises(HelperError) as caught:
        reader.read(wish, "a.png", cancel)
    return caught.value


def pid_of(reader: TextReader) -> int:
    (line,) = reader.read(b"pid", "pid")
    return int(line.text)


def test_a_picture_becomes_text_with_places(reader: TextReader, logs: Path) -> None:
    heard: list[Progress] = []
    lines = reader.read(written.png(PICTURE), "a.png", None, heard.append)
    assert layout(lines) == "Invoice 2741 of March\n\nPens\t3.20\nPaper\t14.75"
    assert count_words(lines) == 8
    price = next(line for line in lines if line.text == "14.75")
    assert Rect(400, 130, 60, 22).intersected(price.box) is not None
    assert abs(price.box.x - 400) < 12
    heading = next(line for line in lines if line.text.startswith("Invoice"))
    assert [word.text for word in heading.words] == ["Invoice", "2741", "of", "March"]
    assert all(left.box.right <= right.box.x + 1 for left, right in zip(heading.words, heading.words[1:], strict=False))
    fractions = [progress.fraction or 0.0 for progress in heard]
    assert fractions == sorted(fractions)
    assert heard[-1].message == "Reading line 5 of 5"
    (log,) = (logs / "text-reader.log").read_text().splitlines()
    assert log.endswith(" started")


def test_pixels_of_the_screen(reader: TextReader) -> None:
    image = written.picture(PICTURE, colours=((24, 24, 28), (230, 230, 235)))
    blue_first = image.convert("RGBA").tobytes("raw", "BGRA")
    lines = reader.read_pixels(Frame(blue_first, Rect(500, 300, *image.size)), "Region")
    assert layout(lines).startswith("Invoice 2741 of March\n")
    assert all(line.box.x < 640 for line in lines)


def test_a_picture_without_text_has_none(reader: TextReader) -> None:
    assert reader.read(sample_files.picture(200, 200), "a.png") == ()
    assert reader.read(sample_files.encoded(Image.new("RGB", (1, 1)), "PNG"), "a.png") == ()


def test_what_is_no_picture_is_named(reader: TextReader) -> None:
    error = refusal(reader, b"not a picture")
    assert (error.kind, error.message) == (ErrorKind.SOURCE, "a.png cannot be read as a picture.")
    assert refusal(reader, b"").kind is ErrorKind.SOURCE
    assert layout(reader.read(written.png([(20, 20, "Still here")]), "b.png")) == "Still here"


@pytest.mark.timed
def test_a_screen_can_be_stopped_within_a_second(reader: TextReader) -> None:
    rows = [(10, 10 + 30 * row, "All work and no play makes Jack a dull boy. " * 3) for row in range(35)]
    cancel = CancelToken()
    begun: list[float] = []

    def stop(progress: Progress) -> None:
        if not begun:
            begun.append(time.monotonic())
            cancel.cancel()

    with pytest.raises(HelperError) as caught:
        reader.read(written.png(rows, (1920, 1080)), "screen.png", cancel, stop)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - begun[0] < 1


def test_the_process_is_kept_for_the_next_picture_and_ends_when_idle(tmp_path: Path) -> None:
    reader = TextReader(child_argv("tests.support.reader_child"), tmp_path, keep_warm_s=0.3)
    try:
        first = pid_of(reader)
        assert pid_of(reader) == first
        deadline = time.monotonic() + 10
        while psutil.pid_exists(first) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not psutil.pid_exists(first)
        assert pid_of(reader) != first
    finally:
        reader.close()


def test_what_ends_the_process_is_said_and_the_next_picture_is_read(odd: TextReader) -> None:
    assert (
        "cannot be read, since the program that reads it stopped: it was ended by signal 6"
        in refusal(odd, b"crash").message
    )
    assert refusal(odd, b"memory").message == "To read the text in a.png takes more memory than it may."
    assert "it sent something unreadable" in refusal(odd, b"odd lines").message
    assert "it sent something unreadable" in refusal(odd, b"odd progress").message
    assert refusal(odd, b"refuse").message == "No."
    assert pid_of(odd)


@pytest.mark.parametrize("wish", [b"hang", b"chatter"])
def test_it_has_no_more_than_its_time(tmp_path: Path, wish: bytes) -> None:
    reader = TextReader(child_argv("tests.support.reader_child"), tmp_path, time_limit_s=1)
    try:
        assert refusal(reader, wish).message == "The text in a.png could not be read within 1 seconds."
    finally:
        reader.close()


def test_closing_stops_what_is_read(odd: TextReader) -> None:
    closer = threading.Timer(0.5, odd.close)
    closer.start()
    assert refusal(odd, b"hang").kind is ErrorKind.CANCELLED
    closer.join()
