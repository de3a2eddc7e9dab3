"""Zip files: their tree, what can be read of them, and those that are made to do harm."""

from __future__ import annotations

import gzip
import hashlib
import random
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from desktop_helper.attachments import _inside, _members, archive
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.documents import PageReading, Unit, references, says_what_is_missing
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files, page_files, sample_files
from tests.support.pdf_library import pdf_of

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as made:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, BytesIO(data))
    return buffer.getvalue()


def convert(data: bytes, name: str = "a.zip") -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions())


def listed(data: bytes, name: str) -> list[tuple[str, int]]:
    return [(member.path, member.size) for member in _inside.opened(data, name).members]


def texts(parts: tuple[MediaPart, ...]) -> dict[str, str]:
    return {part.name: part.text for part in parts if isinstance(part, FilePart)}


def test_the_tree_and_what_can_be_read() -> None:
    data = zipped(
        {
            "src/main.py": b"print('marmalade')\n",
            "src/deep/notes.md": "# 世界".encode(),
            "shot.png": sample_files.picture(),
            "film.bin": bytes(range(256)),
            "__MACOSX/._main.py": b"x",
            ".git/config": b"secret",
        }
    )
    note, *parts = convert(data)
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    assert note.text == (
        "a.zip holds 4 files; 3 of them are attached. Not among them: film.bin. Attach one by itself to ask about it. "
        "2 files that programs keep for themselves were left out (.git, caches)."
    )
    said = texts(tuple(parts))
    assert said["a.zip, files in it"].splitlines() == [
        "film.bin",
        "shot.png",
        "src/",
        "  deep/",
        "    notes.md",
        "  main.py",
    ]
    assert "marmalade" in said["src/main.py"]
    assert "世界" in said["src/deep/notes.md"]
    assert [part.name for part in parts if isinstance(part, ImagePart)] == ["shot.png"]
    assert "secret" not in "".join(said.values())


def test_documents_stay_documents() -> None:
    assert [choose(HANDLERS, data, "a.zip").name for data in (office_files.docx(), office_files.xlsx())] == [
        "docx",
        "xlsx",
    ]


def test_names_of_old_programs() -> None:
    data = zipped({"AAAA.txt": b"words"}).replace(b"AAAA", "报告".encode("gbk"))
    assert "报告.txt" in texts(convert(data))
    assert "résumé.txt" in texts(convert(zipped({"résumé.txt": b"words"})))


def test_names_that_climb_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    parts = convert(zipped({"../../climbed.txt": b"words", "/etc/climbed": b"more"}))
    assert "words" in texts(parts)["../../climbed.txt"]
    assert list(tmp_path.iterdir()) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top-secret")
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        made.writestr(link, str(secret))
    assert "top-secret" not in "".join(texts(convert(buffer.getvalue())).values())


def test_names_that_say_what_they_are_written_in_are_left_alone() -> None:
    names = ["ññ.txt", "σφ.txt"]  # which old programs' Chinese looks like
    assert [path for path, _size in listed(zipped(dict.fromkeys(names, b"words")), "a.zip")] == names


def test_archives_in_archives_are_folders_of_the_tree() -> None:
    inner = zipped({"a.txt": b"inner words", "src/": b"", "src/b.txt": b"deeper", "__MACOSX/x": b"clutter"})
    packed = gzip.compress(tarred({"d.txt": b"in a tar"}))
    parts = convert(zipped({"b.zip": inner, "c.txt": b"outer", "d.tar.gz": packed}))
    said = texts(parts)
    assert said["b.zip/a.txt"] == "inner words"
    assert said["b.zip/src/b.txt"] == "deeper"
    assert said["d.tar.gz/d.txt"] == "in a tar"
    assert said["a.zip, files in it"].splitlines() == [
        *("b.zip/", "  a.txt", "  src/", "    b.txt", "c.txt", "d.tar.gz/", "  d.txt"),
    ]
    kept = "1 file that programs keep for themselves was left out (.git, caches)."
    assert said["a.zip"] == f"a.zip holds 4 files; 4 of them are attached. {kept}"
    chosen = archive.HANDLER.convert(zipped({"b.zip": inner}), "a.zip", ConvertOptions(members=("b.zip/src/b.txt",)))
    assert [part.text for part in chosen if part.name.startswith("b.zip/")] == ["deeper"]
    assert listed(zipped({"b.zip": inner}), "a.zip") == [("b.zip/a.txt", 11), ("b.zip/src/b.txt", 6)]
    _count, pages = archive.page_texts(zipped({"b.zip": inner}), "a.zip", PageReading(1, 9, unit=Unit.PART))
    assert [page.name for page in pages] == ["b.zip/a.txt, line 1", "b.zip/src/b.txt, line 1"]


def test_of_archives_in_archives_some_stay_files_which_is_said() -> None:
    deep = zipped({"0.txt": b"deep words"})
    for at in range(5):
        deep = zipped({f"{at}.zip": deep})
    said = texts(convert(zipped({"deep.zip": deep, "broken.zip": b"PK\x03\x04 and no more", "c.txt": b"outer"})))
    assert "Not among them: broken.zip, deep.zip/4.zip/3.zip/2.zip." in said["a.zip"]
    assert said["c.txt"] == "outer"


def test_an_empty_archive_in_one_stays_a_file_which_is_said() -> None:
    data = zipped({"b.zip": zipped({}), "c.txt": b"outer"})
    assert [path for path, _size in listed(data, "a.zip")] == ["b.zip", "c.txt"]
    assert "Not among them: b.zip." in texts(convert(data))["a.zip"]


def test_one_that_was_not_opened_is_not_opened_as_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_members, "MAX_OPENED", 0)
    packed = zipped({"b.zip": zipped({"word/a.txt": b"inner words"})})
    chosen = archive.HANDLER.convert(packed, "a.zip", ConvertOptions(members=("b.zip",)))
    assert "inner words" not in "".join(texts(chosen).values())
    assert "Not among them: b.zip." in texts(chosen)["a.zip"]
    _count, pages = archive.page_texts(packed, "a.zip", PageReading(1, 9, unit=Unit.PART))
    assert pages == []


def test_what_is_in_archives_in_archives_counts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_members, "MAX_READ_BYTES", 250_000)
    bomb = zipped({f"{at}.txt": b"0" * 60_000 for at in range(2)})
    parts = convert(zipped({f"{at}.zip": bomb for at in range(10)} | {"readme.txt": b"small words"}))
    said = texts(parts)
    assert said["readme.txt"] == "small words"
    assert "These cannot be read: 2.zip/0.txt, 2.zip/1.txt, 3.zip/0.txt" in said["a.zip"]


def test_what_archives_in_archives_hold_in_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_members, "MAX_OPENED_BYTES", 100_000)
    large = zipped({f"{at}.zip": zipped({"a.bin": random.Random(at).randbytes(30_000)}) for at in range(5)})
    assert _inside.opened(large, "a.zip").opened == {"0.zip", "1.zip", "2.zip"}
    tars = zipped({f"{at}.tgz": gzip.compress(tarred({"a.txt": bytes(60_000)})) for at in range(3)})
    assert _inside.opened(tars, "a.zip").opened == {"0.tgz"}
    monkeypatch.setattr(_members, "MAX_OPENED", 2)
    few = zipped({f"{at}.zip": zipped({"a.txt": b"words"}) for at in range(5)})
    assert [path for path, _size in listed(few, "a.zip")] == [
        *("0.zip/a.txt", "1.zip/a.txt", "2.zip", "3.zip", "4.zip"),
    ]
    monkeypatch.setattr(_members, "MAX_MEMBERS", 40)
    many = zipped({"a.zip": zipped({f"{at}.txt": b"" for at in range(50)}), "b.txt": b""})
    assert [path for path, _size in listed(many, "a.zip")] == ["a.zip", "b.txt"]


def test_a_bomb_is_left_out() -> None:
    parts = convert(zipped({"bomb.txt": b" " * 150_000_000, "c.txt": b"small words"}))
    assert "small words" in texts(parts)["c.txt"]
    said = "a.zip holds 2 files; 1 of them is attached. Not among them: bomb.txt. Attach one by itself to ask about it."
    assert texts(parts)["a.zip"] == said  # and not that it is searched


def test_zeros_are_not_promised_to_be_searched() -> None:
    parts = convert(zipped({"zeros.txt": bytes(4_000_000), "c.txt": b"small words"}))
    assert "Not among them: zeros.txt." in texts(parts)["a.zip"]


def test_a_zip_that_breaks_off_is_not_taken_for_one_inside_of_it() -> None:
    noise = random.Random(7).randbytes(500)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.txt", "words")
        made.writestr("inner.zip", zipped({"inside.txt": b"not these"}))
        made.writestr("rest.bin", noise)
    with pytest.raises(HelperError, match=r"^a\.zip is damaged and cannot be read to its end\."):
        convert(buffer.getvalue()[:-300])
    assert "words" in texts(convert(buffer.getvalue()))["a.txt"]


def test_too_much_is_left_out_and_said() -> None:
    many = {f"{number:03}.txt": b"x" * 9000 for number in range(80)}
    note, *parts = convert(zipped(many))
    assert isinstance(note, FilePart)
    assert note.text == "a.zip holds 80 files."
    assert texts(tuple(parts))["a.zip, which of its files go"] == (
        "22 files of a.zip are attached; the others are searched when you ask, "
        "and parts that your question is about go along."
    )
    chosen = archive.HANDLER.convert(zipped(many), "a.zip", ConvertOptions(members=tuple(many)))
    assert isinstance(chosen[0], FilePart)
    assert chosen[0].text.startswith("a.zip holds 80 files; 22 of them are attached. Not among them: 022.txt, ")
    assert "026.txt …. Attach one" in chosen[0].text
    assert sum(len(text) for text in texts(tuple(parts)).values()) < archive.MAX_CHARACTERS + 2000


@pytest.mark.parametrize("data", [zipped({}), zipped({"__MACOSX/x": b""}), b"PK\x03\x04", b"PK\x05\x06", b"words"])
def test_what_is_refused(data: bytes) -> None:
    with pytest.raises(HelperError, match=r"a\.zip.*\."):
        archive.HANDLER.convert(data, "a.zip", ConvertOptions())


def test_no_other_pages_are_promised_of_a_document_that_is_packed() -> None:
    parts = convert(gzip.compress(pdf_of(["A page."] * 22)), "manual.pdf.gz")
    assert sum(isinstance(part, ImagePart) for part in parts) == 20
    assert texts(parts)["manual.pdf, pages 1 to 20 of 22"]
    assert not references(parts)


def test_of_a_long_text_that_is_packed_more_can_be_found_in_the_file_that_there_is() -> None:
    long = b"a line of a long text\n" * 9_000
    parts = convert(zipped({"long.txt": long}))
    assert texts(parts)["long.txt"] == long.decode()
    (reference,) = references(parts)
    assert (reference.name, reference.unit, reference.whole, reference.holds) == ("a.zip", Unit.PART, True, 1)
    assert reference.digest == hashlib.sha256(zipped({"long.txt": long})).hexdigest()
    assert "is long" not in "".join(texts(parts).values()).replace(long.decode(), "")
    packed = gzip.compress(long)
    (reference,) = references(convert(packed, "long.txt.gz"))
    assert (reference.name, reference.unit, reference.whole) == ("long.txt", Unit.PART, True)
    assert reference.digest == hashlib.sha256(packed).hexdigest()


LOCKED = {
    "a.docx": office_files.ole2("EncryptedPackage"),
    "b.odt": office_files.replaced(page_files.odt(), "META-INF/manifest.xml", b"<m><encryption-data/></m>"),
    "c.pdf": sample_files.pdf(password="open"),
}


@pytest.mark.parametrize("chosen", [None, (*LOCKED, "secret.txt", "words.txt")], ids=["usual", "chosen"])
def test_a_password_is_why_a_file_is_not_read(chosen: tuple[str, ...] | None) -> None:
    data = bytearray(zipped({**LOCKED, "secret.txt": b"words", "words.txt": b"words"}))
    data[data.find(b"PK\x01\x02", data.rfind(b"c.pdf")) + 8] |= 1  # of the next one
    parts = archive.HANDLER.convert(bytes(data), "a.zip", ConvertOptions(members=chosen))
    (said,) = [part for part in parts if isinstance(part, FilePart) and part.name == "a.zip"]
    left = ("secret.txt", *LOCKED) if chosen is None else (*LOCKED, "secret.txt")
    assert f"; 1 of them is attached. Protected with a password: {', '.join(left)}. Attach one" in said.text
    assert says_what_is_missing(said)
    assert not references(parts)


def test_documents_that_a_password_does_not_protect_are_searched() -> None:
    parts = convert(zipped({"a.docx": office_files.docx(), "b.odt": page_files.odt(), "c.pdf": pdf_of(["A page."])}))
    assert "assword" not in texts(parts)["a.zip"]
    assert len(references(parts)) == 1
