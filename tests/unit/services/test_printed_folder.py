"""What LibreOffice made is kept while it is wanted, found by whoever wants it, and not left behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.attachments import _faithful
from desktop_helper.bootstrap import build_services
from desktop_helper.core import office_program, registry
from desktop_helper.core.child import child_argv
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from desktop_helper.services.page_looks import PageLooks, look_at
from desktop_helper.services.printed_folder import PREFIX, PrintedFolder
from tests.support import office_files
from tests.support.app import ROOT
from tests.support.corpus import office
from tests.support.office_stand_in import PRINTS, stand_in

WORKER = child_argv("desktop_helper.attachments._worker")
COUNTS = "with told.with_name('printed').open('a') as count: count.write('x')\n" + PRINTS
needs_script = pytest.mark.skipif(os.name != "posix", reason="LibreOffice's stand-in is a script")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    monkeypatch.setenv("TMPDIR", str(made))
    return made


@pytest.fixture
def converter(tmp_path: Path, place: Path) -> Iterator[Converter]:
    made = Converter(WORKER, tmp_path / "logs")
    yield made
    made.close()
    assert list(place.iterdir()) == []


def old(folder: Path) -> Path:
    """As if it had been made long ago."""
    os.utime(folder, (0, 0))
    return folder


def test_it_is_private_and_goes_at_the_end(place: Path) -> None:
    folder = PrintedFolder()
    assert list(place.iterdir()) == [], "nobody has asked for it"
    path = Path(folder.path())
    assert path.parent == place
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    (path / "a.made").write_bytes(b"x")
    assert folder.path() == str(path)
    folder.close()
    folder.close()
    assert list(place.iterdir()) == []
    assert folder.path() == ""


def test_it_goes_when_nobody_asks_for_it_and_comes_again(place: Path) -> None:
    folder = PrintedFolder(keep_s=0.05)
    try:
        first = Path(folder.path())
        deadline = time.monotonic() + 10
        while first.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        again = folder.path()  # which may be gone already
        assert again.startswith(str(place / PREFIX))
        assert again != str(first)
    finally:
        folder.close()


def test_what_a_killed_app_left_goes_and_that_of_a_living_one_stays(place: Path) -> None:
    left, fresh = place / f"{PREFIX}left", place / f"{PREFIX}fresh"
    for folder in (left, fresh):
        folder.mkdir()
        (folder / "0123456789abcdef").write_bytes(b"")  # a mark that nobody holds
        (folder / "a.made").write_bytes(b"x")
    old(left)
    other, mine = PrintedFolder(), PrintedFolder()
    try:
        theirs = old(Path(other.path()))
        assert not left.exists()
        assert fresh.exists(), "its owner may be about to mark it"
        mine.path()
        assert theirs.is_dir()
    finally:
        other.close()
        mine.close()


CHILD = """
import sys, time
from pathlib import Path
from desktop_helper.core import office_program, registry
from desktop_helper.core.child import child_argv
from desktop_helper.services.converter import Converter
converter = Converter(child_argv("desktop_helper.attachments._worker"), Path(sys.argv[1]))
converter.convert_file(Path(sys.argv[2]))
print(converter.printed.path(), flush=True)
time.sleep(60)
"""


@needs_script
def test_it_goes_with_an_app_that_is_killed(tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    path = tmp_path / "a.docx"
    path.write_bytes(office_files.docx())
    argv = [sys.executable, "-c", CHILD, str(tmp_path / "logs"), str(path)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        folder = Path(app.stdout.readline().strip())
        assert list(folder.glob("*.made"))
        app.kill()
    deadline = time.monotonic() + 10
    while folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(place.iterdir()) == []


def test_without_a_place_for_it_files_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    folder = PrintedFolder()
    assert folder.path() == ""
    folder.close()


def test_who_opens_the_window_does_not_wait_for_the_folder(tmp_path: Path, place: Path) -> None:
    """That is the user interface's thread, and the folder is made on another one."""
    services = build_services()
    try:
        look_at(services, tmp_path / "a.docx", "", 6144, printed=True).close()
        assert list(place.iterdir()) == []
        assert Path(services.converter.printed.path()).parent == place
    finally:
        services.close()


@needs_script
def test_a_document_is_printed_once_for_all_who_want_its_pages(
    converter: Converter, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = stand_in(tmp_path, monkeypatch, COUNTS).with_name("printed")
    path = tmp_path / "a.docx"
    path.write_bytes(office_files.docx())
    converter.convert_file(path)
    assert count.read_text() == "x"
    looks = PageLooks(WORKER, tmp_path, path, max_image_tokens=6144, printed=True, kept=converter.printed.path)
    try:
        assert looks.about().count == 3
    finally:
        looks.close()
    chosen = converter.convert_file(path, ConvertOptions(pages=ranges_of("2")))
    assert [part.name for part in chosen if isinstance(part, ImagePart)] == ["a.docx, page 2 of 3"]
    assert count.read_text() == "x", "neither the window nor the choice has printed it again"
    path.write_bytes(office_files.replaced(office_files.docx(), "docProps/app.xml", b"<Properties/>"))
    converter.convert_file(path)
    assert count.read_text() == "xx", "another document is another one, whatever its name"
    assert len(list(place.glob("*/*.made"))) == 2


def test_a_show_with_hidden_slides_is_the_same_file_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    data = office.slides()
    first = _faithful._with_hidden_slides(data, "a.pptx", ".pptx")
    assert first != data
    clock = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: clock)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(clock))
    assert _faithful._with_hidden_slides(data, "a.pptx", ".pptx") == first


def test_only_what_becomes_pages_has_one(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A clip of the screen leaves nothing on the disk, not even an empty folder."""
    monkeypatch.setenv(office_program.VARIABLE, sys.executable)
    for handler in registry.discover("desktop_helper.attachments", "HANDLER"):
        documents = handler.name in ("docx", "pptx", "xlsx", "odf", "rtf")
        assert {office_program.may_print(f"a{suffix.upper()}") for suffix in handler.suffixes} <= {documents}
    converter = Converter(WORKER, tmp_path / "logs")
    try:
        converter.convert_bytes(b"said", "a.txt")
        assert not list(place.glob(f"{PREFIX}*"))
    finally:
        converter.close()


def test_none_is_made_where_nothing_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office_program.VARIABLE, "none")
    assert not office_program.may_print("a.docx")
