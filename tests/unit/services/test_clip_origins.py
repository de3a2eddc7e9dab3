"""Where the videos of recent questions came from, after a restart as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Moment
from desktop_helper.services.clip_origins import MOST, ClipOrigins, Origin

CUT = Cut(Span(1.5, 9.25), 8, 4000, evenly=True)


def frames(name: str = "a.mp4", at: float = 0.0) -> tuple[MediaPart, ...]:
    note = FilePart(b"n", NOTE_MIME, "note", f"{name} is a video")
    return note, ImagePart(b"jpeg", "image/jpeg", 28, 28, name, 1, Moment(name, at, 40, 9, (at, 40)))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"x")
    return path


def test_what_was_remembered_is_found_by_its_frames(tmp_path: Path, film: Path) -> None:
    file = tmp_path / "clips.json"
    ClipOrigins(file).remember(frames(), Origin(film, CUT))
    again = ClipOrigins(file)
    assert again.find(frames()) == Origin(film, CUT)
    assert again.find(frames(at=1.0)) is None
    again.remember(frames(at=1.0), Origin(film, Cut()))
    assert ClipOrigins(file).find(frames(at=1.0)) == Origin(film, Cut())


def test_a_file_that_is_gone_is_not_found(tmp_path: Path, film: Path) -> None:
    origins = ClipOrigins(tmp_path / "clips.json")
    origins.remember(frames(), Origin(film, CUT))
    film.unlink()
    assert origins.find(frames()) is None


def test_of_a_file_that_is_gone_not_even_the_name_is_kept(tmp_path: Path, film: Path) -> None:
    file, other = tmp_path / "clips.json", tmp_path / "other.mp4"
    other.write_bytes(b"x")
    origins = ClipOrigins(file)
    origins.remember(frames(), Origin(film, CUT))
    origins.remember(frames("b.mp4"), Origin(other, CUT))
    film.unlink()
    ClipOrigins(file).forget_gone()
    assert "film.mp4" not in file.read_text()
    assert ClipOrigins(file).find(frames("b.mp4")) is not None
    other.unlink()
    other.with_name("c.mp4").write_bytes(b"x")
    origins.remember(frames("c.mp4"), Origin(other.with_name("c.mp4"), CUT))
    assert "other.mp4" not in file.read_text()
    assert "film.mp4" not in file.read_text()


def test_what_one_forgets_another_does_not_write_down_again(tmp_path: Path, film: Path) -> None:
    """The app and a command that deletes conversations."""
    file = tmp_path / "clips.json"
    app = ClipOrigins(file)
    app.remember(frames(), Origin(film, CUT))
    ClipOrigins(file).forget([frames()[1:]])
    app.remember(frames("b.mp4"), Origin(film, CUT))
    assert app.find(frames()) is None
    assert app.find(frames("b.mp4")) == Origin(film, CUT)


def test_the_oldest_are_forgotten(tmp_path: Path, film: Path) -> None:
    origins = ClipOrigins(tmp_path / "clips.json")
    for number in range(MOST + 3):
        origins.remember(frames(f"{number}.mp4"), Origin(film, CUT))
    again = ClipOrigins(tmp_path / "clips.json")
    found = [again.find(frames(f"{number}.mp4")) is not None for number in range(MOST + 3)]
    assert found == [False] * 3 + [True] * MOST


@pytest.mark.parametrize("written", ["", "[]", "{", '{"k": 3}', '{"k": {"path": "x", "start": -1}}', '"\\ud800"'])
def test_a_broken_file_is_no_obstacle(tmp_path: Path, film: Path, written: str) -> None:
    file = tmp_path / "clips.json"
    file.write_text(written)
    origins = ClipOrigins(file)
    assert origins.find(frames()) is None
    origins.remember(frames(), Origin(film, CUT))
    assert ClipOrigins(file).find(frames()) == Origin(film, CUT)


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path, film: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    origins = ClipOrigins(tmp_path / "file" / "clips.json")
    origins.remember(frames(), Origin(film, CUT))
    assert origins.find(frames()) == Origin(film, CUT)
