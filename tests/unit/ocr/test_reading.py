"""Cutting a picture into strips, and lines into words; what is installed, and what it must not do."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.child import child_argv
from desktop_helper.core.events import Progress
from desktop_helper.ocr import PATIENT, WORKER, models
from desktop_helper.ocr.reader import MOST_AT_ONCE, OVERLAP, strips, words
from desktop_helper.ocr.recognizer import Reading
from desktop_helper.services.text_reader import TextReader
from tests.support import written

PACKAGE = Path(__file__).resolve().parents[3] / "desktop_helper"
SIDES = st.integers(1, 12_000)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[TextReader]:
    made = TextReader(child_argv(WORKER), tmp_path)
    yield made
    made.close()


@given(SIDES, SIDES)
def test_strips_cover_the_picture_and_overlap(width: int, height: int) -> None:
    found = list(strips(width, height))
    assert found[0][0] == 0
    assert found[-1][1] == height
    for (top, bottom), (following, _) in itertools.pairwise(found):
        assert bottom - following == OVERLAP
        assert following > top
    assert all((bottom - top) * width <= max(MOST_AT_ONCE, 4 * OVERLAP * width) + width for top, bottom in found)


@given(st.text("ab 你。1", max_size=30))
def test_a_line_is_cut_at_spaces_and_round_each_chinese_character(text: str) -> None:
    places = tuple((number + 0.5) / max(1, len(text)) for number in range(len(text)))
    found = list(words(Reading(text, places, 1.0)))
    assert "".join(word for word, _, _ in found) == text.replace(" ", "")
    assert all(len(word) == 1 or not set(word) & set(" 你。") for word, _, _ in found)
    for (_, begin, end), (_, following, _) in itertools.pairwise(found):
        assert 0 <= begin < end <= following + 1e-9


def test_lines_on_both_sides_of_a_seam_are_found_once(reader: TextReader) -> None:
    """The picture is read in two strips, and lines stand everywhere."""
    places = [(40, 20 + 40 * row, f"Row number {row}") for row in range(40)]
    seams = list(strips(1500, 1640))
    assert len(seams) == 2
    lines = reader.read(written.png(places, (1500, 1640)), "tall.png")
    assert sorted(line.text for line in lines) == sorted(text for _, _, text in places)


def test_everything_is_installed() -> None:
    assert models.availability().ok
    for name in (models.DETECTION, models.RECOGNITION):
        file = models.model_file(name)
        assert file is not None
        assert file.stat().st_size > 1_000_000


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "model_file", lambda name: None)
    state = models.availability()
    assert not state.ok
    assert models.DETECTION in state.reason


def test_the_code_that_could_download_models_is_never_imported() -> None:
    """Files are found by `find_spec`, which runs nothing of the package."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "rapidocr"], path


def test_the_engine_cannot_send_anything() -> None:
    """From 1.29 on it brings an uploader of usage data, which says nothing and asks nobody."""
    spec = importlib.util.find_spec("onnxruntime")
    assert spec is not None
    assert spec.submodule_search_locations
    libraries = [path for path in Path(spec.submodule_search_locations[0]).rglob("*onnxruntime*") if _is_library(path)]
    assert libraries
    for path in libraries:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            assert content.find(b"libcurl") < 0, path
            assert content.find(b"telemetry_1ds") < 0, path


def _is_library(path: Path) -> bool:
    return path.is_file() and (".so" in path.suffixes or path.suffix in (".pyd", ".dll", ".dylib"))


@pytest.mark.skipif(sys.platform == "win32", reason="its priority has another name there")
def test_a_patient_one_lets_others_go_first(tmp_path: Path) -> None:
    made = TextReader(child_argv(WORKER, PATIENT), tmp_path)
    seen: list[tuple[int, int]] = []

    def look(_progress: Progress) -> None:
        for child in psutil.Process().children():
            if PATIENT in child.cmdline():
                seen.append((int(child.nice()), child.num_threads()))

    try:
        (line,) = made.read(written.png([(20, 20, "No hurry")]), "a.png", None, look)
    finally:
        made.close()
    assert line.text == "No hurry"
    assert {nice for nice, _ in seen} == {19}


def test_reading_opens_no_connection_and_no_file_but_its_own(reader: TextReader, tmp_path: Path) -> None:
    seen: list[tuple[list[object], list[str]]] = []

    def look(_progress: Progress) -> None:
        for child in psutil.Process().children():
            if WORKER in child.cmdline():
                seen.append((list(child.net_connections()), [one.path for one in child.open_files()]))

    reader.read(written.png([(20, 20, "Nothing leaves this machine")]), "a.png", None, look)
    assert seen
    assert all(not connections for connections, _ in seen)
    assert {path for _, paths in seen for path in paths} == set()
    assert [path.name for path in tmp_path.iterdir()] == ["text-reader.log"]
