"""Folders become parts: what is in them is looked through without harm, and what is left out is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core import registry
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.documents import references, says_what_is_missing
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services import folder_reading, folder_tree
from desktop_helper.services.converter import Converter
from desktop_helper.services.folder_reading import taken, usual
from desktop_helper.services.folder_tree import Entry, FolderTree, Kind, Reason, scan
from desktop_helper.services.gitignore import parse
from tests.support import office_files, sample_files
from tests.support.pdf_library import pdf_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    files: dict[str, bytes] = {
        "README.md": b"# Marmalade",
        "src/main.py": b"print('marmalade')\n",
        "src/deep/data.csv": b"a;b\n1;2\n",
        "src/deep/secret.log": b"boring",
        "shot.png": sample_files.picture(),
        "tool.bin": bytes(range(256)),
        "empty.txt": b"",
        ".gitignore": b"*.log\nbuild/\n",
        "build/made.txt": b"made",
        "node_modules/x/index.js": b"x",
        ".git/config": b"x",
    }
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def converter(tmp_path: Path) -> Iterator[Converter]:
    made = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path)
    yield made
    made.close()


def paths(tree: FolderTree) -> list[str]:
    return [entry.path for entry in tree.entries]


def test_what_is_found_and_what_is_not(folder: Path) -> None:
    tree = scan(folder)
    assert paths(tree) == [".gitignore", "README.md", "shot.png", "src/main.py", "src/deep/data.csv"]
    assert tree.left_out == {Reason.BINARY: 1, Reason.EMPTY: 1, Reason.IGNORED: 4}
    assert [entry.kind for entry in tree.entries[:3]] == [Kind.TEXT, Kind.TEXT, Kind.PICTURE]


def test_what_is_packed_is_said_to_be(folder: Path) -> None:
    for name in ("old.zip", "Logs.TAR.GZ", "b.txz"):
        (folder / name).write_bytes(b"PK\3\4" + bytes(folder_tree.MOST_TEXT_BYTES))
    (folder / "huge.bin").write_bytes(bytes(folder_tree.MOST_TEXT_BYTES + 1))
    said = folder_reading.why_left_out(scan(folder))
    assert said == (
        "Not among them: 1 that is neither text, picture nor document, 1 that is empty, "
        "3 compressed files (attach one by itself to ask about it), 4 ignored (.gitignore, caches), 1 too large."
    )


def test_every_kind_that_can_be_read_is_offered() -> None:
    known = {Kind.PICTURE: ("image", "svg"), Kind.DOCUMENT: ("pdf", "docx", "xlsx", "pptx", "odf", "epub", "eml")}
    handlers = {one.name: one for one in registry.discover("desktop_helper.attachments", "HANDLER")}
    for kind, names in known.items():
        for suffix in (suffix for name in names for suffix in handlers[name].suffixes):
            assert folder_tree.kind_of(f"a{suffix}") is kind, suffix
    for suffix in (suffix for name in ("archive", "gzip") for suffix in handlers[name].suffixes):
        assert f"a{suffix}".endswith(folder_tree._PACKED), suffix


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links_and_pipes_lead_nowhere(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "passwords").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    tree = scan(folder)
    assert tree.left_out[Reason.LINK] == 2
    assert tree.left_out[Reason.BINARY] == 2
    assert not any("passwords" in path or "loop" in path or "pipe" in path for path in paths(tree))


def test_large_deep_and_many_files_are_counted_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "large.txt").write_bytes(b"x" * 500)
    (folder / "a/b/c/d").mkdir(parents=True)
    (folder / "a/b/c/d/deep.txt").write_bytes(b"x")
    monkeypatch.setattr(folder_tree, "MOST_TEXT_BYTES", 400)
    monkeypatch.setattr(folder_tree, "MOST_LEVELS", 3)
    tree = scan(folder)
    assert tree.left_out[Reason.LARGE] == 1
    assert "a/b/c/d/deep.txt" not in paths(tree)
    monkeypatch.setattr(folder_tree, "MOST_FILES", 2)
    tree = scan(folder)
    assert len(tree.entries) == 2
    assert tree.left_out[Reason.TOO_MANY] > 1


def test_what_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(HelperError) as caught:
        scan(tmp_path / "nothing")
    assert caught.value.kind is ErrorKind.SOURCE


def test_it_can_be_stopped(folder: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(HelperError) as caught:
        scan(folder, cancel)
    assert caught.value.kind is ErrorKind.CANCELLED


@pytest.mark.parametrize(
    ("pattern", "path", "is_folder", "said"),
    [
        ("*.log", "a/b.log", False, True),
        ("*.log", "a/b.txt", False, None),
        ("/a.txt", "a.txt", False, True),
        ("/a.txt", "b/a.txt", False, None),
        ("build/", "build", True, True),
        ("build/", "build", False, None),
        ("docs/*.md", "docs/a.md", False, True),
        ("docs/*.md", "docs/b/a.md", False, None),
        ("a/**/z", "a/b/c/z", False, True),
        ("a/**/z", "a/z", False, True),
        ("**/cache", "x/y/cache", True, True),
        ("logs/**", "logs/a/b", False, True),
        ("file[0-9].txt", "file7.txt", False, True),
        ("file[!0-9].txt", "file7.txt", False, None),
        ("?.c", "a.c", False, True),
        ("*.log\n!keep.log", "keep.log", False, False),
        ("# a.txt", "a.txt", False, None),
    ],
)
def test_patterns_are_read_as_git_reads_them(pattern: str, path: str, is_folder: bool, said: bool | None) -> None:
    assert parse(pattern).says(path, is_folder=is_folder) is said


@given(st.text(max_size=60), st.lists(st.text("ab./*", min_size=1, max_size=5), min_size=1, max_size=5))
def test_no_pattern_breaks_or_takes_long(pattern: str, path: list[str]) -> None:
    parse(pattern).says("/".join(path), is_folder=False)
    parse("*a" * 40).says("a" * 250 + "b", is_folder=False)


def test_what_says_most_goes_first_and_only_as_much_as_fits() -> None:
    entries = tuple(Entry(f"deep/{n}.txt", 3500, Kind.TEXT, 1000) for n in range(30))
    tree = FolderTree("p", (*entries, Entry("readme.md", 350, Kind.TEXT, 100)), {})
    chosen = usual(tree, 10_000)
    assert chosen[-1] == "readme.md"
    assert len(chosen) == 1 + 4


def read(
    folder: Path, converter: Converter, *, limit: int = 0, members: tuple[str, ...] | None = None
) -> tuple[str, tuple[MediaPart, ...]]:
    told: list[Progress] = []
    parts = folder_reading.read(folder, converter, ConvertOptions(members=members), limit, CancelToken(), told.append)
    assert told
    note = parts[0]
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    return note.text, parts


def test_a_folder_is_read_with_its_tree(folder: Path, converter: Converter) -> None:
    note, parts = read(folder, converter)
    assert note == (
        "project holds 5 files; 5 of them are attached. "
        "Not among them: 1 that is neither text, picture nor document, 1 that is empty, 4 ignored (.gitignore, caches)."
    )
    assert isinstance(parts[1], FilePart)
    assert parts[1].text.splitlines()[-4:] == ["src/", "  deep/", "    data.csv", "  main.py"]
    names = [part.name for part in parts[2:]]
    assert "src/main.py" in names
    assert any(isinstance(part, ImagePart) for part in parts)
    assert taken(paths(scan(folder)), parts) == paths(scan(folder))


@pytest.mark.parametrize("name", ["sub/a, b.pdf, page 1 of 8", "sub/a, b.pdf，第 1 页，共 8 页", "sub/a, b.pdf"])
def test_which_file_a_part_was_made_of(name: str) -> None:
    part = ImagePart(b"", "image/png", 28, 28, name, 1)
    assert taken(["a, b.pdf", "b.pdf", "sub/a, b.pdf", "sub/a, b.pdf.txt"], [part]) == ["sub/a, b.pdf"]


def test_chosen_files_only(folder: Path, converter: Converter) -> None:
    note, parts = read(folder, converter, members=("src/main.py", "../../etc/passwd"))
    assert "5 files; 1 of them is attached" in note
    assert [part.name for part in parts[2:]] == ["src/main.py"]


def test_what_is_attached_to_a_mail_is_below_it(folder: Path, converter: Converter) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@example.org", "jars"
    mail.set_content("ten jars")
    mail.add_attachment("more words", filename="main.py")
    (folder / "src/a.eml").write_bytes(mail.as_bytes())
    _note, parts = read(folder, converter, members=("src/a.eml",))
    said = {part.name: part.text for part in parts if isinstance(part, FilePart)}
    assert "ten jars" in said["src/a.eml"]
    assert said["src/a.eml/main.py"].strip() == "more words"
    assert "src/main.py" not in said
    assert taken(["src/a.eml", "src/main.py"], parts) == ["src/a.eml"]


def test_what_cannot_be_read_and_what_does_not_fit_is_said(folder: Path, converter: Converter) -> None:
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "long.txt").write_text("words " * 3000)
    note, parts = read(folder, converter, limit=4000)
    assert "These cannot be read: broken.png." in note
    assert "Choose files to ask about others." in note
    assert "long.txt" not in [part.name for part in parts]


@pytest.mark.parametrize(
    "members", [None, ("locked.pdf", "a.docx", "broken.png", "src/main.py")], ids=["usual", "chosen"]
)
def test_a_password_is_why_a_document_in_it_is_not_read(
    folder: Path, converter: Converter, members: tuple[str, ...] | None
) -> None:
    (folder / "locked.pdf").write_bytes(sample_files.pdf(password="open"))
    (folder / "a.docx").write_bytes(office_files.ole2("EncryptedPackage"))
    (folder / "broken.png").write_bytes(b"no picture")
    note, parts = read(folder, converter, members=members)
    told = "These cannot be read: broken.png. Protected with a password: locked.pdf. "
    told += "Attach one by itself to enter its password. "
    assert told + "Protected with a password, which cannot be entered here: a.docx." in note
    assert says_what_is_missing(parts[0])


def test_a_folder_with_nothing_in_it_is_a_sentence(tmp_path: Path, converter: Converter) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "void/x.bin").write_bytes(b"\0")
    with pytest.raises(HelperError, match="nothing in void that can be read"):
        read(tmp_path / "void", converter)


def test_a_large_document_in_it_is_known_by_the_name_of_its_pages(folder: Path, converter: Converter) -> None:
    (folder / "docs").mkdir()
    (folder / "docs/manual.pdf").write_bytes(pdf_of(["A page."] * 22))
    options = ConvertOptions(100, members=("docs/manual.pdf",))
    parts = folder_reading.read(folder, converter, options, 0, CancelToken())
    (reference,) = references(parts)
    assert reference.name == "docs/manual.pdf"
    pages = [part.name for part in parts if isinstance(part, ImagePart)]
    assert len(pages) == 20
    assert all(name.startswith(f"{reference.name}, page ") for name in pages)
