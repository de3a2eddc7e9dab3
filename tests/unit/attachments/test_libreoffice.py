"""Old Office files through LibreOffice: a stand-in tells how it is called; the real one is tried where it is."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop_helper.attachments import _libreoffice
from desktop_helper.attachments._choose import choose
from desktop_helper.core import office_program, registry
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from tests.support.office_stand_in import PRINTS, stand_in

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OLD = {
    ".doc": OLE2 + "WordDocument\0".encode("utf-16-le"),
    ".xls": OLE2 + "Workbook\0".encode("utf-16-le"),
    ".ppt": OLE2 + "PowerPoint Document\0".encode("utf-16-le"),
}
NOT_ON_PAGES = {
    ".doc": "Comments are not on them. If it is saved as .docx, all of it is read.",
    ".xls": "Hidden sheets and comments are not on them, and ### stands where a column is too narrow. "
    "If it is saved as .xlsx, it is read cell by cell.",
    ".ppt": "Hidden slides, notes and comments are not on them. If it is saved as .pptx, all of it is read.",
}
REAL = next(filter(None, map(shutil.which, office_program.NAMES)), None)


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


def convert(data: bytes, name: str, **options: Any) -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions(**options))


def left_behind(folder: Path) -> list[Path]:
    return list((folder / "temporary").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
class TestStandIn:
    @pytest.mark.parametrize("suffix", OLD)
    def test_pages_come_with_the_way_they_took(
        self, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = stand_in(tmp_path, monkeypatch)
        note, *pages, text = convert(OLD[suffix], f"letter{suffix}")
        assert isinstance(note, FilePart)
        assert note.mime == NOTE_MIME
        made = f"letter{suffix} is in the old format of Office; LibreOffice made these pages of it. "
        assert note.text == made + NOT_ON_PAGES[suffix]
        assert [page.name for page in pages] == [f"letter{suffix}, page {page} of 3" for page in (1, 2, 3)]
        assert isinstance(text, FilePart)
        assert left_behind(tmp_path) == []
        arguments = json.loads(told.read_text())[0]
        assert arguments[-1].endswith(f"/document{suffix}")  # the name is ours, never the file's

    def test_it_works_in_a_home_of_its_own_without_network_and_macros(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", ":0")
        rules = (
            "told.with_name('rules').write_text(next(pathlib.Path('profile').rglob('*.xcu')).read_text())\n" + PRINTS
        )
        told = stand_in(tmp_path, monkeypatch, rules)
        convert(OLD[".doc"], "../../-letter\n.doc")
        arguments, environment, begins = json.loads(told.read_text())
        assert "--headless" in arguments
        assert any(one.startswith("-env:UserInstallation=file://") for one in arguments)
        assert environment["HOME"] != os.environ.get("HOME")
        assert environment["https_proxy"] == "http://127.0.0.1:9"
        assert "DISPLAY" not in environment
        assert begins == OLE2[:8].hex()
        written = (tmp_path / "rules").read_text()
        assert '"DisableMacrosExecution" oor:op="fuse"><value>true<' in written
        assert '"MacroSecurityLevel" oor:op="fuse"><value>3<' in written

    def test_chosen_pages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stand_in(tmp_path, monkeypatch)
        parts = convert(OLD[".ppt"], "a.ppt", pages=ranges_of("2"))
        assert [part.name for part in parts if isinstance(part, ImagePart)] == ["a.ppt, page 2 of 3"]

    @pytest.mark.parametrize("deed", ["sys.exit(1)", "os.abort()", "pathlib.Path('document.pdf').write_text('no')"])
    def test_one_that_fails_is_a_damaged_file(self, deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stand_in(tmp_path, monkeypatch, deed)
        with pytest.raises(HelperError, match=r"a\.doc .*\."):
            convert(OLD[".doc"], "a.doc")
        assert left_behind(tmp_path) == []

    def test_one_that_hangs_is_ended_with_all_that_it_started(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pid = tmp_path / "pid"
        starts = "import subprocess; child = subprocess.Popen(['sleep', '60'])"
        hang = f"{starts}\npathlib.Path({str(pid)!r}).write_text(str(child.pid)); time.sleep(60)"
        stand_in(tmp_path, monkeypatch, hang)
        monkeypatch.setattr(_libreoffice, "TIME_LIMIT_S", 2.0)
        begun = time.monotonic()
        with pytest.raises(HelperError, match=r"could not be read by LibreOffice within 2 seconds"):
            convert(OLD[".doc"], "a.doc")
        assert time.monotonic() - begun < 10
        assert left_behind(tmp_path) == []
        until = time.monotonic() + 5
        while _runs(int(pid.read_text())) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _runs(int(pid.read_text()))


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(("suffix", "new"), [(".doc", ".docx"), (".xls", ".xlsx"), (".ppt", ".pptx")])
def test_without_it_the_user_is_told_what_to_do(suffix: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_program, "program", lambda: None)
    with pytest.raises(HelperError) as caught:
        convert(OLD[suffix], f"a{suffix}")
    assert caught.value.message == f"a{suffix} is in the old format of Office, which only LibreOffice can read here."
    assert caught.value.fix == f"Install LibreOffice, or save it as {new} or PDF and attach that."


@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
def test_the_real_one_reads_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    monkeypatch.delenv(office_program.VARIABLE)

    from tests.support import office_files

    (tmp_path / "a.docx").write_bytes(office_files.docx())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(office_program.program()), profile, "--headless", "--convert-to", "doc", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=60)
    parts = convert((tmp_path / "a.doc").read_bytes(), "a.doc")
    assert any(isinstance(part, ImagePart) for part in parts)
    assert "marmalade" in "".join(part.text for part in parts if isinstance(part, FilePart))
    assert left_behind(tmp_path) == []
