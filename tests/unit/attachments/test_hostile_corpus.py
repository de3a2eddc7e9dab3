"""Hostile files, through the converter as the app uses it: a clear sentence or the right content, in time, in little
memory, and nothing is left behind. `tests/support/hostile` makes them; `room` says what is looked at."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import ImagePart
from tests.support import clip_files, office_files, sample_files
from tests.support.corpus.catalogue import entries
from tests.support.hostile import bombs, containers, wiles
from tests.support.hostile.case import Case
from tests.support.hostile.room import Room, check_parts, check_refusal, room, said

GROUPS: dict[str, list[Case]] = {
    "bombs of pages": bombs.pdfs(),
    "bombs of pixels": bombs.pictures(),
    "bombs of archives and sheets": bombs.archives(),
    "archives and mails": containers.containers(),
    "entities": wiles.entities(),
    "macros": wiles.macros(),
    "passwords": wiles.passwords(),
    "lies": wiles.lies(),
}
# One file of each kind, and of each way to store it: they are cut off, called something else, and packed.
KINDS = (
    *("RGB.png", "RGB.jpg", "progressive.jpeg", "one.gif", "RGB.bmp", "lzw.tif", "lossy.webp", "one.avif", "one.jp2"),
    *("icon.ico", "one.heic", "moving.gif", "pages.tif", "bars.svg", "plain.pdf", "squeezed.pdf", "report.docx"),
    *("orders.xlsx", "zebra.pptx", "bees.odt", "bees.ods", "first.rtf", "storms.epub", "bees.ipynb", "honey.eml"),
    *("tea.html", "gbk.csv", "utf-16 第三季.txt", "deflated.zip", "app.log.gz", "h264.mp4", "h264.mov", "vp9.mkv"),
    *("vp8.webm", "old.avi", "windows.wmv", "flash.flv", "disc.mpg", "sky.m2ts", "project.tar", "project.tar.xz"),
)
SLOW_GROWTH = ("a.csv", "a.pdf")
TURNS = (0, *(pytest.param(turn, marks=pytest.mark.slow) for turn in range(1, 4)))  # a quarter of the kinds each
LONG_NAME = "长" * 83 + ".png"
NAMES = (
    *("line\nbreak.png", "return\r.png", "tab\t.png", "\u202egnp.exe", "zero\u200bwidth.png", "\x1b[31mred.png"),
    *("%s%d{name}.png", "-rf.png", " .png", "a'b\"c`d.png", "💥.png", "<b>bold<b>.png", "名字.png", "\udcff\udc80.png"),
    *("x" * 251 + ".png", LONG_NAME, "no suffix", "con.png", "..png", "a.png.exe"),
)


def samples() -> dict[str, bytes]:
    found = {entry.name: entry for entry in entries()}
    return {name: found[name].make() for name in KINDS if name in found and not found[name].lacks}


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_made_to_do_harm(group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path, monkeypatch) as place:
        for case in GROUPS[group]:
            if not case.slow:
                check(case, place)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for group in GROUPS.values() for case in group if case.slow], ids=lambda c: c.title
)
def test_what_keeps_the_converter_busy(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path, monkeypatch, limit_s=20) as place:
        check(case, place)


def check(case: Case, place: Room) -> None:
    found = place.read(place.written(case.make(), case.name))
    if isinstance(found, HelperError):
        assert not case.words, f"{case.title}: {found.message}"
        assert case.pictures is None, f"{case.title}: {found.message}"
        assert case.refused in found.message, f"{case.title}: {found.message}"
        assert case.name.split(".")[0] in found.message
        return
    assert not case.refused, f"{case.title} was read"
    assert case.words in said(found), f"{case.title}: {said(found)[:500]}"
    assert case.pictures in (None, sum(isinstance(part, ImagePart) for part in found)), case.title
    assert not case.absent or case.absent not in said(found), case.title
    assert "root:" not in said(found), case.title


@pytest.mark.slow
@pytest.mark.parametrize("group", [group for group in GROUPS if group not in ("bombs of pages", "bombs of pixels")])
def test_what_is_made_to_do_harm_does_none_when_it_is_searched(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, monkeypatch) as place:
        for case in GROUPS[group]:
            found = place.look_through(place.written(case.make(), case.name))
            told = "" if isinstance(found, HelperError) else "\n".join(part.text for part in found)
            assert "root:" not in told, case.title
            assert not case.absent or case.absent not in told, case.title


@pytest.mark.parametrize("turn", TURNS)
def test_each_kind_cut_off_at_ten_places(turn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path, monkeypatch) as place:
        for name, data in list(samples().items())[turn::4]:
            for tenth in range(10):
                place.read(place.written(data[: len(data) * tenth // 10], f"cut {tenth} {name}"))


@pytest.mark.parametrize("turn", TURNS)
def test_each_kind_under_the_names_of_others(turn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file contains counts, or it is said that it is not what it is called."""
    found = samples()
    suffixes = [*dict.fromkeys(Path(name).suffix for name in found), "", ".exe", ".ts"]
    with room(tmp_path, monkeypatch) as place:
        for at, data in list(enumerate(found.values()))[turn::4]:
            for step in (1, 7, 16, 23):
                place.read(place.written(data, f"called{suffixes[(at + step) % len(suffixes)]}"))


def test_nothing_at_all_and_zeros_of_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_helper.core import registry

    kinds = registry.discover("desktop_helper.attachments", "HANDLER")
    with room(tmp_path, monkeypatch) as place:
        for suffix in sorted({suffix for kind in kinds for suffix in kind.suffixes} | {"", ".exe"}):
            for content in (b"", b"\0", bytes(5000)):
                found = place.read(place.written(content, f"zero{suffix}"))
                assert isinstance(found, HelperError)
                assert f"zero{suffix}" in found.message


def test_odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path, monkeypatch) as place:
        for name in NAMES:
            found = place.read(place.written(sample_files.picture(), name))
            assert not isinstance(found, HelperError), name
            refused = place.read(place.written(sample_files.picture()[:60], name))
            assert isinstance(refused, HelperError), name
            refused.message.encode()
            assert len(refused.message.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="devices and links of Unix")
class TestPlaces:
    """What is no ordinary file."""

    def test_of_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with room(tmp_path, monkeypatch) as place:
            for path, why in (
                *(
                    (device, "is not an ordinary file")
                    for device in ("/dev/zero", "/dev/null", "/dev/urandom", "/dev/tty")
                ),
                ("/proc/self/fd", "is a folder"),
                ("/etc/shadow/x", "There is no file"),
                ("/" + "x" * 300, "There is no file"),
                ("/" + "x/" * 5000, "There is no file"),
            ):
                found = place.read(Path(path))
                assert isinstance(found, HelperError), path
                assert why in found.message, path

    def test_files_that_say_nothing_of_their_size(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with room(tmp_path, monkeypatch) as place:
            for path in ("/proc/self/mem", "/proc/self/pagemap", "/proc/kcore", "/proc/self/environ"):
                if os.access(path, os.R_OK):
                    place.read(Path(path))

    def test_links_pipes_and_sockets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with room(tmp_path, monkeypatch) as place:
            loop, dangling, pipe, deep = (
                place.files / name for name in ("loop.png", "gone.png", "pipe.png", "deep.png")
            )
            loop.symlink_to(loop)
            dangling.symlink_to(place.files / "nowhere")
            os.mkfifo(pipe)
            deep.symlink_to(pipe)
            bound = socket.socket(socket.AF_UNIX)
            monkeypatch.chdir(place.files)
            bound.bind("socket.png")
            for path, why in ((loop, "cannot be opened"), (dangling, "There is no file"), (pipe,
                               "not an ordinary file"),
                              (deep, "not an ordinary file"), (place.files / "socket.png", "not an ordinary file"),
                              (place.files, "is a folder"), (place.files / "zero\0.png",
                              "There is no file")):  # fmt: skip
                found = place.read(path)
                assert isinstance(found, HelperError)
                assert why in found.message, found.message
            bound.close()

    def test_a_link_to_a_file_is_that_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with room(tmp_path, monkeypatch) as place:
            (place.files / "link.png").symlink_to(place.written(sample_files.picture(), "a.png"))
            assert not isinstance(place.read(place.files / "link.png"), HelperError)


CHANGING: dict[str, Callable[[], bytes]] = {
    "a.pdf": lambda: sample_files.pdf(20),
    "a.mkv": lambda: clip_files.clip("mkv"),
    "a.docx": office_files.docx,
    "a.txt": lambda: b"line\n" * 20_000,
}


@pytest.mark.parametrize("deed", ["vanishes", "is emptied", "is replaced"])
def test_one_that_changes_while_it_is_read(deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(progress: Progress) -> None:
        if deed == "vanishes":
            path.unlink(missing_ok=True)
        elif deed == "is emptied":
            path.write_bytes(b"")
        else:
            path.write_bytes(os.urandom(100_000))

    with room(tmp_path, monkeypatch) as place:
        for name, make in CHANGING.items():
            path = place.written(make(), name)
            try:
                check_parts(place.converter.convert_file(path, on_progress=change))
            except HelperError as error:
                check_refusal(error)


def test_one_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room(tmp_path, monkeypatch) as place:
        path = place.written(b"words", "a.txt")
        path.unlink()
        found = place.read(path)
        assert isinstance(found, HelperError)
        assert found.message == f"There is no file {path}."
        assert found.fix


@pytest.mark.parametrize(
    "name", ["a.txt", "a.mkv", *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW_GROWTH)]
)
def test_one_that_grows_while_it_is_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as it was, or refused; the reading does not follow it for ever."""
    with room(tmp_path, monkeypatch) as place:
        data = {**CHANGING, "a.csv": lambda: b"1,2\n" * 1000}[name]()
        path = place.written(data, name)
        over = threading.Event()

        def grow() -> None:
            with path.open("ab") as file:
                until = time.monotonic() + 5
                while not over.is_set() and time.monotonic() < until and file.tell() < 60_000_000:
                    file.write(data[:100_000])
                    file.flush()
                    time.sleep(0.001)

        thread = threading.Thread(target=grow)
        thread.start()
        try:
            place.read(path)
        finally:
            over.set()
            thread.join()


def test_there_are_many() -> None:
    count = sum(map(len, GROUPS.values())) + 10 * len(KINDS) + len(NAMES)
    assert count > 400
