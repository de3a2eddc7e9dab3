"""Pages that LibreOffice makes of a document, for who looks at them before they are sent."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pymupdf
import pytest

from desktop_helper.attachments import _printed
from desktop_helper.core import office_program
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.page_looks import PageLooks
from tests.support import office_files, page_files
from tests.support.office_stand_in import stand_in
from tests.unit.attachments.test_libreoffice import OLD, REAL

ROOM = (120, 160)
KINDS = {
    "a.docx": office_files.docx(),
    "a.pptx": office_files.pptx(),
    "a.xlsx": office_files.xlsx(),
    "a.odt": page_files.odt(),
    "a.rtf": page_files.RTF,
} | {f"a{suffix}": data for suffix, data in OLD.items()}


def looks(path: Path) -> PageLooks:
    return PageLooks(
        child_argv("desktop_helper.attachments._worker"), path.parent, path, max_image_tokens=2000, printed=True
    )


def _until(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
class TestStandIn:
    @pytest.mark.parametrize("name", KINDS)
    def test_every_kind_is_printed_under_its_own_ending_but_old_shows(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = stand_in(tmp_path, monkeypatch)
        with pymupdf.open(stream=_printed.as_pdf(KINDS[name], "called.anything")) as document:
            assert document.page_count == 3
        suffix = ".pptx" if name == "a.ppt" else Path(name).suffix  # only of a new one hidden slides can be shown
        assert json.loads(told.read_text())[0][-1].endswith(f"/document{suffix}")

    def test_pages_are_looked_at_through_the_process(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = stand_in(tmp_path, monkeypatch)
        path = tmp_path / "a.docx"
        path.write_bytes(KINDS["a.docx"])
        found = looks(path)
        try:
            assert found.about().count == 3
            told.unlink()
            assert found.page(2, ROOM).data
            assert set(found.costs([1, 3])) == {1, 3}
            assert not told.exists(), "it is printed once"
        finally:
            found.close()

    def test_a_window_that_is_closed_meanwhile_leaves_nothing_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pid, temporary = tmp_path / "pid", tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setenv("TMPDIR", str(temporary))
        stand_in(tmp_path, monkeypatch, f"pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(60)")
        path = tmp_path / "a.docx"
        path.write_bytes(KINDS["a.docx"])
        found, said = looks(path), list[str]()

        def ask() -> None:
            with pytest.raises(HelperError) as caught:
                found.about()
            said.append(caught.value.kind)

        asking = threading.Thread(target=ask)
        asking.start()
        assert _until(lambda: pid.exists() and bool(pid.read_text()))
        assert list(temporary.iterdir())
        found.close()
        asking.join(5)
        assert said == [ErrorKind.CANCELLED]
        assert _until(lambda: not psutil.pid_exists(int(pid.read_text())))
        assert _until(lambda: not list(temporary.iterdir()))

    def test_what_our_own_readers_refuse_is_not_given_to_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = stand_in(tmp_path, monkeypatch)
        for data in (b"PK\x03\x04 no zip", KINDS["a.docx"][:400], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no document"):
            with pytest.raises(HelperError):
                _printed.as_pdf(data, "a.docx")
        assert not told.exists()


@pytest.mark.parametrize("name", ["a.docx", "a.doc", "a.rtf"])
def test_without_it_there_are_no_pages(name: str) -> None:
    with pytest.raises(HelperError, match=r"LibreOffice|no pages"):
        _printed.as_pdf(KINDS[name], name)


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
def test_the_real_one_shows_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office_program.VARIABLE, str(shutil.which(str(REAL))))
    path = tmp_path / "a.pptx"
    path.write_bytes(KINDS["a.pptx"])
    found = looks(path)
    try:
        about = found.about()
        assert about.count > 0
        assert about.width > about.height
        assert found.page(about.count, ROOM).data.startswith(b"\xff\xd8")
    finally:
        found.close()
