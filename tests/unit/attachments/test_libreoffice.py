"""Old Office files through LibreOffice: a stand-in tells how it is called; the real one is tried where it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psutil
import pytest

from desktop_helper.attachments import _libreoffice, _office, _source
from desktop_helper.attachments._choose import choose
from desktop_helper.core import office_program, registry
from desktop_helper.core.document_places import outline_of
from desktop_helper.core.documents import PageReading, Unit, reference_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.notes import is_marked
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files
from tests.support.corpus import office
from tests.support.office_stand_in import PRINTS, stand_in
from tests.unit.attachments.test_sheet_extras import workbook

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OLD = {
    ".doc": OLE2 + "WordDocument\0".encode("utf-16-le"),
    ".xls": OLE2 + "Workbook\0".encode("utf-16-le"),
    ".ppt": OLE2 + "PowerPoint Document\0".encode("utf-16-le"),
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
    @pytest.mark.parametrize(("suffix", "words"), [(".doc", "marmalade"), (".ppt", "Speak slowly.")])
    def test_pages_come_with_the_text_and_the_way_they_took(
        self, suffix: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = stand_in(tmp_path, monkeypatch)
        note, *pages, text = convert(OLD[suffix], f"letter{suffix}")
        assert isinstance(note, FilePart)
        assert note.mime == NOTE_MIME
        assert note.text == f"{converted(f'letter{suffix}')} LibreOffice made these pages of letter{suffix}."
        assert [page.name for page in pages] == [f"letter{suffix}, page {page} of 3" for page in (1, 2, 3)]
        assert isinstance(text, FilePart)
        assert words in text.text
        assert "This is page" not in text.text
        assert left_behind(tmp_path) == []
        arguments = json.loads(told.read_text())[0]
        assert "/document." in arguments[-1]  # the name is ours, never the file's

    def test_a_workbook_is_read_cell_by_cell(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = stand_in(tmp_path, monkeypatch)
        note, text = convert(OLD[".xls"], "a.xls")
        assert isinstance(note, FilePart)
        assert isinstance(text, FilePart)
        assert (note.text, is_marked(note)) == (converted("a.xls"), True)
        assert "Orders!A1:E" in text.text
        assert outline_of(text).sheets["Orders"].cells.top == 1  # so there are links to its cells
        arguments, _environment, begins = json.loads(told.read_text())
        assert arguments[arguments.index("--convert-to") + 1] == "xlsx"
        assert begins == OLE2[:8].hex()

    @pytest.mark.parametrize("suffix", [".xls", ".doc"])
    def test_chosen_pages_are_those_of_the_old_file(
        self, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = stand_in(tmp_path, monkeypatch)
        note, *parts = convert(OLD[suffix], f"a{suffix}", pages=ranges_of("2"))
        assert isinstance(note, FilePart)
        made = f"a{suffix} is in the old format of Office; LibreOffice made these pages of it."
        assert note.text == made + f" Not on pages, so left out: {'comments' if suffix == '.doc' else 'sheet Timing'}."
        assert [part.name for part in parts if isinstance(part, ImagePart)] == [f"a{suffix}, page 2 of 3"]
        arguments, _environment, begins = json.loads(told.read_text())
        assert arguments[-1].endswith(f"/document{suffix}")
        assert begins == OLE2[:8].hex()

    def test_hidden_slides_are_printed_so_that_pages_are_slides(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = tmp_path / "given.pptx"
        stand_in(tmp_path, monkeypatch, f"shutil.copy(sys.argv[-1], {str(given)!r})\n{PRINTS}", pages=4)
        (tmp_path / "printed.pptx").write_bytes(office.slides())
        parts = convert(OLD[".ppt"], "a.ppt", pages=ranges_of("1, 3"))
        assert [part.name for part in parts if isinstance(part, ImagePart)] == [
            "a.ppt, page 1 of 4",
            "a.ppt, page 3 of 4",
        ]
        assert "Greet everybody." in said(parts)
        monkeypatch.setenv(office_program.VARIABLE, "none")
        assert "(hidden)" in said(convert(office.slides(), "a.pptx"))
        assert "(hidden)" not in said(convert(given.read_bytes(), "a.pptx"))

    def test_its_parts_are_found_as_those_of_a_new_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told = stand_in(tmp_path, monkeypatch)
        count, parts = _office.page_texts(OLD[".xls"], "a.xls", PageReading(1, 10, unit=Unit.PART))
        assert count == len(parts)
        assert parts[0].name.startswith("Orders!A1:E")
        told.unlink()
        count, pages = _office.page_texts(OLD[".doc"], "a.doc", PageReading(1, 10))
        assert (count, [page.text.strip() for page in pages][1:2]) == (3, ["This is page 2."])
        arguments = json.loads(told.read_text())[0]
        assert arguments[arguments.index("--convert-to") + 1] == "pdf"

    def test_what_is_too_much_refers_to_the_file_itself(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stand_in(tmp_path, monkeypatch)
        (tmp_path / "printed.xlsx").write_bytes(office_files.xlsx(8_000))
        found = next(filter(None, map(reference_of, convert(OLD[".xls"], "a.xls"))))
        assert found.digest == hashlib.sha256(OLD[".xls"]).hexdigest()
        assert found.unit is Unit.PART

    def test_one_that_cannot_be_printed_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stand_in(tmp_path, monkeypatch, f"if sys.argv[-1].endswith('.doc') and 'pdf' not in sys.argv:\n    {PRINTS}")
        parts = convert(OLD[".doc"], "a.doc")
        assert "marmalade" in said(parts)
        notes = [part.text for part in parts if isinstance(part, FilePart) and part.mime == NOTE_MIME]
        lost = "LibreOffice could not print a.doc: its layout and drawn charts are not shown."
        assert notes == [converted("a.doc"), lost]

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

    @pytest.mark.parametrize("deed", ["sys.exit(1)", "os.abort()", "pathlib.Path('document.docx').write_text('no')"])
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


def converted(name: str) -> str:
    suffix = f"{Path(name).suffix}x"
    return f"{name} is in the old format of Office; LibreOffice converted it to {suffix}, which was read."


def said(parts: tuple[MediaPart, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, FilePart) and part.mime != NOTE_MIME)


def test_both_of_what_is_made_of_a_file_take_no_longer_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Mock(monotonic=Mock(side_effect=(100.0, 120.0)))
    monkeypatch.setattr(_source, "time", clock)
    monkeypatch.setattr(_libreoffice, "modern", lambda *_given: b"PK")
    old = _source.Old("soffice", b"", "a.doc", ".doc")
    assert old.left_s == _libreoffice.TIME_LIMIT_S
    assert old.converted() == old.converted() == b"PK"
    assert old.left_s == _libreoffice.TIME_LIMIT_S - 20


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


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
def test_the_real_one_reads_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office_program.VARIABLE, str(REAL))
    letter = convert(old_file(tmp_path, "a.doc", office_files.docx()), "a.doc")
    assert any(isinstance(part, ImagePart) for part in letter)
    assert "marmalade" in said(letter)
    assert "[comment by" in said(letter)
    show = convert(old_file(tmp_path, "a.ppt", office.slides()), "a.ppt")
    assert sum(isinstance(part, ImagePart) for part in show) == 4
    assert "Greet everybody." in said(show)
    assert "(hidden)" in said(show)
    assert "<number>" not in said(show)
    assert left_behind(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("make", [office.figures, office_files.calculated_xlsx])
def test_the_real_one_loses_nothing_of_a_workbook(
    make: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(office_program.VARIABLE, str(REAL))
    old = said(convert(old_file(tmp_path, "a.xls", make()), "a.xls"))
    assert old == said(convert(make(), "a.xlsx"))


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="LibreOffice is not installed")
def test_the_real_one_keeps_comments_but_not_who_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(office_program.VARIABLE, str(REAL))
    assert "B2: Too low, says the boss." in said(convert(old_file(tmp_path, "a.xls", workbook()), "a.xls"))


def old_file(folder: Path, name: str, data: bytes) -> bytes:
    """What LibreOffice itself writes in the old format."""
    import subprocess

    (folder / f"{name}x").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    to = ["--convert-to", name.rpartition(".")[2], "--outdir", str(folder)]
    command = [str(office_program.program()), profile, "--headless", *to, str(folder / f"{name}x")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return (folder / name).read_bytes()
