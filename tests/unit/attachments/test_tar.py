"""Tar archives, packed or not: the same as of zips, and those that are made to do harm."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import tarfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.attachments import _inside, _packed, _tar, gz
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.documents import PageReading, Unit, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
FILES = {
    "./src/main.py": b"print('marmalade')\n",
    "./src/notes.md": "# 世界".encode(),
    "./shot.png": b"",
    "film.bin": b"\0",
}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.tar": bytes,
    "a.tar.gz": gzip.compress,
    "a.tgz": gzip.compress,
    "a.tar.bz2": bz2.compress,
    "a.tar.xz": lzma.compress,
    "a download": lzma.compress,
}


def tarred(members: dict[str, bytes], *others: tarfile.TarInfo, kind: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as made:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, BytesIO(data))
        for info in others:
            made.addfile(info)
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def convert(data: bytes, name: str = "a.tar", **options: object) -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions(**options))  # type: ignore[arg-type]


def listed(data: bytes, name: str) -> list[tuple[str, int]]:
    return [(member.path, member.size) for member in _inside.opened(data, name).members]


def texts(parts: tuple[MediaPart, ...]) -> dict[str, str]:
    return {part.name: part.text for part in parts if isinstance(part, FilePart)}


@pytest.mark.parametrize("name", PACKERS)
def test_the_tree_and_what_can_be_read(name: str) -> None:
    data = PACKERS[name](tarred(FILES | {"./shot.png": sample_files.picture()}, special("src", tarfile.DIRTYPE)))
    parts = convert(data, name)
    said = texts(parts)
    assert said[name] == (
        f"{name} holds 4 files; 3 of them are attached. Not among them: film.bin. Attach one by itself to ask about it."
    )
    assert said[f"{name}, files in it"].splitlines() == ["film.bin", "shot.png", "src/", "  main.py", "  notes.md"]
    assert "marmalade" in said["src/main.py"]
    assert said["src/notes.md"] == "# 世界"
    assert [part.name for part in parts if isinstance(part, ImagePart)] == ["shot.png"]
    assert "src/main.py" in dict(listed(data, name))
    assert "marmalade" not in "".join(texts(convert(data, name, members=("src/notes.md",))).values())


def test_of_many_files_the_others_are_found_in_the_file_that_there_is() -> None:
    data = gzip.compress(tarred({f"{number:03}.txt": b"x " * 4500 for number in range(80)}))
    parts = convert(data, "a.tgz")
    (reference,) = references(parts)
    assert (reference.name, reference.unit, reference.whole) == ("a.tgz", Unit.PART, False)
    assert reference.digest == hashlib.sha256(data).hexdigest()
    handler = choose(HANDLERS, data, "a.tgz")
    assert handler.page_texts is not None
    _count, pages = handler.page_texts(BytesIO(data), "a.tgz", PageReading(1, 500, unit=Unit.PART))
    assert pages[-1].name.startswith("079.txt, ")
    with pytest.raises(HelperError, match="no pages"):
        handler.page_texts(data, "a.tgz", PageReading(1, 1))


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_each_form_of_names(kind: int) -> None:
    long = "/".join(["folder" * 4] * 5) + "/报告.txt" if kind != tarfile.USTAR_FORMAT else "folder/报告.txt"
    assert texts(convert(tarred({long: b"words"}, kind=kind)))[long] == "words"


def test_names_of_old_programs() -> None:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk") as made:
        info = tarfile.TarInfo("报告.txt")
        info.size = 5
        made.addfile(info, BytesIO(b"words"))
    assert texts(convert(buffer.getvalue()))["报告.txt"] == "words"


def test_of_files_with_one_name_the_last_one_counts() -> None:
    data = tarred({"a.txt": b"old", "./a.txt": b"new"})
    assert listed(data, "a.tar") == [("a.txt", 3)]
    assert texts(convert(data))["a.txt"] == "new"


def test_links_and_devices_are_left_out_which_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top-secret")
    data = tarred(
        {"a.txt": b"words"},
        special("link.txt", tarfile.SYMTYPE, str(secret)),
        special("hard.txt", tarfile.LNKTYPE, str(secret)),
        special("loop.txt", tarfile.SYMTYPE, "loop.txt"),
        special("device", tarfile.CHRTYPE),
        special("pipe", tarfile.FIFOTYPE),
    )
    said = texts(convert(data))
    assert said["a.tar, files in it"] == "a.txt"
    assert said["a.tar"] == "a.tar holds 1 file; attached: 1. Links and devices in it were left out: 5."
    assert "top-secret" not in "".join(said.values())


def test_links_in_an_archive_in_an_archive_are_counted_as_well() -> None:
    inner = gzip.compress(tarred({"a.txt": b"words", ".git/x": b""}, special("link.txt", tarfile.SYMTYPE, "a.txt")))
    (note, *_) = convert(tarred({"b.tgz": inner}, special("device", tarfile.CHRTYPE)))
    assert isinstance(note, FilePart)
    assert note.text == (
        "a.tar holds 1 file; attached: 1. Links and devices in it were left out: 2. "
        "1 file that programs keep for themselves was left out (.git, caches)."
    )


def test_names_that_climb_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = texts(convert(tarred({"../../climbed.txt": b"words", "/etc/climbed": b"more"})))
    assert said["../../climbed.txt"] == "words"
    assert said["/etc/climbed"] == "more"
    assert list(tmp_path.iterdir()) == []


def test_names_that_nobody_can_draw_are_shortened() -> None:
    names = ("a/" * 3000 + "deep.txt", "x" * 5000 + ".txt", "line\nbreak\u202e.txt")
    data = tarred(dict.fromkeys(names, b"words"), kind=tarfile.PAX_FORMAT)
    deep, long, odd = (path for path, _size in listed(data, "a.tar"))
    assert len(deep.split("/")) < 50
    assert deep.endswith("/deep.txt")
    assert len(long) < 500
    assert long.endswith(".txt")
    assert odd == r"line\u000abreak\u202e.txt"


@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.tar.bz2", "a.tar.xz"])
def test_one_that_breaks_off_is_refused(name: str) -> None:
    whole = PACKERS[name](tarred({"a.txt": b"words " * 500, "b.txt": b"more " * 500}))
    for share in (0.2, 0.5, 0.63):
        with pytest.raises(HelperError, match=r"a\.t\S+ is (damaged|not a zip or tar).*\."):
            choose(HANDLERS, whole, name).convert(whole[: int(len(whole) * share)], name, ConvertOptions())


def test_one_that_is_broken_inside_is_refused() -> None:
    data = bytearray(tarred({"a.txt": b"words", "b.txt": b"more"}))
    data[1024 + 5] ^= 1
    with pytest.raises(HelperError, match="damaged"):
        convert(bytes(data))


def test_sizes_that_lead_back_end() -> None:
    data = bytearray(tarred({"a.txt": b"words"}))
    data[124:136] = b"\xff" * 11 + b"\x00"  # minus 256, in base 256
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(HelperError, match="damaged"):
        convert(bytes(data))


@pytest.mark.parametrize("name", ["a.gz", "a.bz2", "a.xz"])
def test_what_unpacks_to_too_much_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = PACKERS[f"a.tar{name[1:]}"]
    monkeypatch.setattr(_inside, "MAX_READ_BYTES", 100_000)
    monkeypatch.setattr(gz, "MAX_BYTES", 100_000)
    for content in (bytes(200_000), tarred({"a.txt": bytes(200_000)})):
        with pytest.raises(HelperError, match="unpacks to more"):
            convert(pack(content), name)
    assert texts(convert(pack(b"12:00 started\n") * 2, f"log.txt{name[1:]}"))["log.txt"] == "12:00 started\n" * 2


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\x01\0", "RAR"), (b"\x28\xb5\x2f\xfd", "Zstandard")],
)
def test_archives_of_other_kinds_get_a_sentence(head: bytes, said: str) -> None:
    for name in ("a.7z", "a.rar", "a.zip", "a.tar.zst"):
        with pytest.raises(HelperError, match=f"{name} is packed as {said}, which cannot be read here") as caught:
            convert(head + bytes(90), name)
        assert "pack it again as zip" in caught.value.fix


def test_what_is_no_archive_is_said() -> None:
    for name in ("a.tar", "a.tgz", "a.tar.bz2", "a.txz"):
        with pytest.raises(HelperError, match=rf"{name} is not .*as its name says"):
            convert(b"just words", name)


@given(st.binary(max_size=3000), st.integers(0, 2000), st.binary(min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_spoiled_ones_are_read_or_refused(rest: bytes, at: int, spoiled: bytes) -> None:
    sound = tarred({"a.txt": b"words", "b.txt": b"more"}, special("link", tarfile.SYMTYPE, "a.txt"))
    data = sound[:at] + spoiled + sound[at + len(spoiled) :]
    for one in (data, sound[:1024] + rest, gzip.compress(data, 1), gzip.compress(sound)[:30] + rest):
        with suppress(HelperError):
            assert all(size >= 0 for _path, size in listed(one, "a.tar"))


@given(st.binary(max_size=1000))
def test_hardly_anything_looks_like_a_tar(data: bytes) -> None:
    assert not _tar.looks_like(data)
    assert _packed.beginning(data, 512) == b"" or _packed.is_packed(data)
