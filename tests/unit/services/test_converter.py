"""The converter: files in, parts out, and no harm from what a file does to the process that reads it."""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from PIL import Image

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.coming import Coming
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.support import clip_files, sample_files

MISBEHAVING = child_argv("tests.support.converter_child")


@pytest.fixture
def converter(tmp_path: Path) -> Iterator[Converter]:
    """The real one."""
    made = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path)
    yield made
    made.close()


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Converter]:
    """One whose process does what the file says."""
    made = Converter(MISBEHAVING, tmp_path)
    yield made
    made.close()


def pid_of(converter: Converter) -> int:
    """The process that reads the next file."""
    (part,) = converter.convert_bytes(b"pid", "pid")
    assert isinstance(part, FilePart)
    return int(part.text)


def refusal(converter: Converter, wish: bytes, cancel: CancelToken | None = None) -> HelperError:
    with pytest.raises(HelperError) as caught:
        converter.convert_bytes(wish, "a.pdf", cancel=cancel)
    return caught.value


def test_files_and_bytes_become_parts(converter: Converter, tmp_path: Path) -> None:
    path = tmp_path / "ä.png"
    path.write_bytes(sample_files.picture())
    (part,) = converter.convert_file(path)
    assert isinstance(part, ImagePart)
    assert (part.data, part.name, part.width, part.tokens) == (path.read_bytes(), "ä.png", 64, 8)
    (text,) = converter.convert_bytes(b"hello", "Clipboard")
    assert isinstance(text, FilePart)
    assert (text.text, text.mime, text.data) == ("hello", "text/plain", b"hello")


def test_the_budget_and_the_progress_pass_through(converter: Converter) -> None:
    heard: list[Progress] = []
    unheard: list[Progress] = []
    options = ConvertOptions(100, unheard.append)
    parts = converter.convert_bytes(sample_files.pdf(2), "a.pdf", options, None, heard.append)
    converter.convert_bytes(sample_files.pdf(1), "b.pdf", options)
    assert unheard == []  # what a handler calls; see `Converter.convert_file`
    pictures = [part for part in parts if isinstance(part, ImagePart)]
    assert len(pictures) == 2
    assert all(part.tokens <= 100 for part in pictures)
    assert heard == [Progress("Reading a.pdf, page 1 of 2", 0.0), Progress("Reading a.pdf, page 2 of 2", 0.5)]


def test_what_is_wanted_of_a_file_passes_through(converter: Converter) -> None:
    options = ConvertOptions(100, pages=((2, 3),), password="sesame")
    note, *pages, text = converter.convert_bytes(sample_files.pdf(4, password="sesame"), "a.pdf", options)
    assert note.name == "a.pdf, pages 2–3 of 4"
    assert [page.name for page in pages] == ["a.pdf, page 2 of 4", "a.pdf, page 3 of 4"]
    assert isinstance(text, FilePart)
    with pytest.raises(HelperError) as caught:
        converter.convert_bytes(sample_files.pdf(1, password="sesame"), "a.pdf")
    assert caught.value.kind is ErrorKind.LOCKED
    with pytest.raises(HelperError, match="no pages"):
        converter.convert_bytes(b"hello", "Clipboard", options)


def test_pages_are_shown_before_all_of_them_have_been_read(converter: Converter) -> None:
    order: list[Coming | Progress] = []
    data = sample_files.pdf(30)
    parts = converter.convert_bytes(data, "a.pdf", None, None, order.append, order.append)
    came = [one for one in order if isinstance(one, Coming)]
    assert [(one.number, one.count, one.pages) for one in came] == [(number, 20, 30) for number in range(1, 21)]
    assert isinstance(order[1], Coming), "the first page, before the second one is begun"
    note, *rest = parts
    assert isinstance(note, FilePart)
    assert all(one.part is part for one, part in zip(came, rest, strict=False)), "each is sent once"
    assert converter.convert_bytes(data, "a.pdf") == parts, "who looks at nothing gets the same"


def test_chosen_pages_of_a_tiff_are_shown_too(converter: Converter) -> None:
    pages = [Image.new("RGB", (60, 80), colour) for colour in ("red", "green", "blue")]
    data = sample_files.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    came: list[Coming] = []
    options = ConvertOptions(pages=((2, 3),))
    note, *parts = converter.convert_bytes(data, "a.tif", options, on_coming=came.append)
    assert isinstance(note, FilePart)
    assert [one.part for one in came] == parts
    assert [(one.number, one.count, one.pages) for one in came] == [(1, 2, 3), (2, 2, 3)]


def test_a_video_shows_what_it_begins_with(converter: Converter) -> None:
    came: list[Coming] = []
    parts = converter.convert_bytes(clip_files.clip("mp4"), "a.mp4", None, on_coming=came.append)
    (first,) = came
    assert first.part.moment is not None
    assert (first.part.moment.at, first.part.moment.clip, first.pages) == (0.0, "a.mp4", 0)
    assert first.part.moment.duration == pytest.approx(3.0, abs=0.2)
    chosen = next(part for part in parts if isinstance(part, ImagePart))
    assert (first.part.width, first.part.height) == (chosen.width, chosen.height)


def test_files_of_an_archive_show_nothing_by_themselves(converter: Converter) -> None:
    pages = [Image.new("RGB", (60, 80), colour) for colour in ("red", "green")]
    buffer, came = BytesIO(), list[Coming]()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.tif", sample_files.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    parts = converter.convert_bytes(buffer.getvalue(), "a.zip", on_coming=came.append)
    assert sum(isinstance(part, ImagePart) for part in parts) > 0
    assert came == []


def test_what_cannot_be_opened_is_named(converter: Converter, tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none.png", f"There is no file {tmp_path / 'none.png'}."),
        (tmp_path, f"{tmp_path} is a folder."),
        (Path("/dev/zero"), "/dev/zero is not an ordinary file."),
    ):
        with pytest.raises(HelperError) as caught:
            converter.convert_file(path)
        assert (caught.value.kind, caught.value.message) == (ErrorKind.SOURCE, message)


def test_the_process_stays_for_the_next_file(odd: Converter) -> None:
    odd.warm()
    assert pid_of(odd) == pid_of(odd)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="a system that does not tell what is loaded")
def test_it_gets_ready_for_files_of_a_name(tmp_path: Path) -> None:
    """What they need is imported before they come; a name that lies does no harm."""
    made = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path)
    try:
        made.warm(["Report.PDF", "odd.xyz", ""])
        (child,) = psutil.Process().children()
        deadline = time.monotonic() + 20
        while not any("pymupdf" in one.path for one in child.memory_maps()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        (text,) = made.convert_bytes(b"hello", "Report.PDF.txt")
        assert isinstance(text, FilePart)
    finally:
        made.close()


def test_a_crash_is_told_and_the_next_file_is_read(odd: Converter) -> None:
    error = refusal(odd, b"crash")
    assert error.kind is ErrorKind.SOURCE
    assert error.message == (
        "a.pdf cannot be read, since the program that reads files stopped: it was ended by signal 6 (abort)."
    )
    assert pid_of(odd)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    slow = Converter(MISBEHAVING, tmp_path, time_limit_s=0.5)
    try:
        slow.warm()
        assert refusal(slow, b"hang").message == "a.pdf could not be read within 0.5 seconds."
    finally:
        slow.close()


def test_a_file_that_fills_the_memory_is_given_up(odd: Converter) -> None:
    assert refusal(odd, b"memory").message == "a.pdf needs more memory to be read than a file may take."


@pytest.mark.parametrize("wish", [b"part without end", b"odd part", b"part that never came"])
def test_parts_that_are_sent_ahead_are_not_taken_on_trust(odd: Converter, wish: bytes) -> None:
    with pytest.raises(HelperError, match="it sent something unreadable"):
        odd.convert_bytes(wish, "a.pdf", on_coming=lambda _coming: None)
    assert pid_of(odd)


@pytest.mark.parametrize("wish", [b"lie", b"too few", b"odd progress", b"odd part"])
def test_what_the_process_sends_is_not_taken_on_trust(odd: Converter, wish: bytes) -> None:
    assert refusal(odd, wish).message.endswith("it sent something unreadable.")
    assert pid_of(odd)


@pytest.mark.timed
def test_cancel_ends_it_within_a_second(odd: Converter) -> None:
    cancel = CancelToken()
    heard: list[Progress] = []
    started: list[float] = []

    def stop(progress: Progress) -> None:
        heard.append(progress)
        started.append(time.monotonic())
        threading.Thread(target=cancel.cancel).start()

    with pytest.raises(HelperError) as caught:
        odd.convert_bytes(b"hang", "a.pdf", cancel=cancel, on_progress=stop)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - started[0] < 1
    assert heard == [Progress("hanging", 0.5)]
    assert pid_of(odd)


def test_waiting_for_another_file_can_be_cancelled(odd: Converter) -> None:
    first, second = CancelToken(), CancelToken()
    busy = threading.Event()
    errors: list[HelperError] = []

    def occupy() -> None:
        try:
            odd.convert_bytes(b"hang", "first", cancel=first, on_progress=lambda _: busy.set())
        except HelperError as error:
            errors.append(error)

    thread = threading.Thread(target=occupy)
    thread.start()
    assert busy.wait(10)
    second.cancel()
    assert refusal(odd, b"pid", second).kind is ErrorKind.CANCELLED
    assert thread.is_alive()
    first.cancel()
    thread.join(10)
    assert [error.kind for error in errors] == [ErrorKind.CANCELLED]


def test_close_ends_a_conversion(odd: Converter) -> None:
    with pytest.raises(HelperError) as caught:
        odd.convert_bytes(b"hang", "a.pdf", on_progress=lambda _: threading.Thread(target=odd.close).start())
    assert caught.value.kind is ErrorKind.CANCELLED
    odd.close()
    assert refusal(odd, b"pid").kind is ErrorKind.CANCELLED


def test_progress_that_raises_leaves_nothing_behind(odd: Converter) -> None:
    def fail(_: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        odd.convert_bytes(b"many", "a.pdf", on_progress=fail)
    assert pid_of(odd) == pid_of(odd)


def test_the_process_ends_when_it_was_not_needed_for_a_while(tmp_path: Path) -> None:
    short = Converter(MISBEHAVING, tmp_path, keep_warm_s=0.1)
    try:
        process = psutil.Process(pid_of(short))
        process.wait(10)
        assert pid_of(short) != process.pid
    finally:
        short.close()


def test_a_process_that_cannot_start_is_told(tmp_path: Path) -> None:
    missing = Converter(["/nonexistent/python"], tmp_path)
    missing.warm()
    assert "it could not be started" in refusal(missing, b"x").message
    missing.close()


@pytest.mark.timed
def test_progress_without_end_is_no_reason_to_wait_for_ever(tmp_path: Path) -> None:
    chatty = Converter(MISBEHAVING, tmp_path, time_limit_s=1)
    begun = time.monotonic()
    try:
        assert refusal(chatty, b"chatter").message == "a.pdf could not be read within 1 seconds."
    finally:
        chatty.close()
    assert time.monotonic() - begun < 4, "what it still had to say is not listened to"


@pytest.mark.slow
def test_a_page_that_inflates_without_end_is_given_up(tmp_path: Path) -> None:
    bounded = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path, time_limit_s=3)
    try:
        assert refusal(bounded, sample_files.endless_pdf(2000)).message == "a.pdf could not be read within 3 seconds."
    finally:
        bounded.close()
