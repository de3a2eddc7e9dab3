"""Whatever a file is called: an answer that names it beside a place leads into it, and into no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.citations import Kind, mentions
from desktop_helper.core.document_places import in_file, outline_of
from desktop_helper.core.library import Library
from desktop_helper.core.many_files import clean
from desktop_helper.core.messages import FilePart
from tests.support.odd_names import FILES, PATHS

SAID = (
    "({}, lines 11–12)",
    "In `{}`, lines 11–12, it waits.",
    "{} line 11",
    "See lines 11–12 of {}: it waits",
    "lines 11–12 ({})",
    "《{}》的第 11–12 行",
    "见 {}，第 11 行",
)


def folder(paths: list[str]) -> Library:
    """Three lines of each file."""
    pieces = [f"[part {at} of 99: {clean(path)}, lines 10–12]\nten\neleven\n{at}" for at, path in enumerate(paths, 1)]
    text = "\n\n".join(pieces)
    part = FilePart(text.encode(), "text/plain", "the folder, parts of the text", text)
    made = Library()
    made.add((part,), {part.sha256: outline_of(part)})
    return made


def led(library: Library, words: str) -> list[str]:
    """The text of the parts that the links in `words` lead into, from the line that is meant."""
    found = []
    for _mention, spot in library.links(words):
        assert isinstance(spot.part, FilePart)
        assert spot.lines is not None
        found.append(spot.part.text[spot.lines[0] :].partition("\n\n")[0])
    return found


@settings(max_examples=50)
@given(FILES, st.data())
def test_the_file_that_is_named_is_meant(paths: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(paths) - 1))
    name = data.draw(st.sampled_from([paths[at], clean(paths[at])]))
    said = data.draw(st.sampled_from(SAID))
    assert led(folder(paths), said.format(name)) == [f"eleven\n{at + 1}"]


@settings(max_examples=50)
@given(FILES, st.data())
def test_the_end_of_a_path_is_enough_if_it_is_of_one_file_only(paths: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(paths) - 1))
    pieces = paths[at].split("/")
    end = "/".join(pieces[data.draw(st.integers(0, len(pieces) - 1)) :])
    meant = [
        number
        for number, path in enumerate(paths, 1)
        if f"/{clean(path)}".casefold().endswith(f"/{clean(end)}".casefold())
    ]
    whole = [number for number in meant if clean(paths[number - 1]).casefold() == clean(end).casefold()]
    found = led(folder(paths), f"({end}, lines 11–12)")
    assert found == ([f"eleven\n{number}" for number in whole or meant] if len(whole or meant) == 1 else [])


@settings(max_examples=50)
@given(PATHS, st.sampled_from(["lines 4–9", "line 4", "第 4–9 行", "lines 4–9: Oil, line 7"]))
def test_what_a_part_is_called_is_taken_apart_where_it_was_put_together(path: str, place: str) -> None:
    comma = "，" if place.startswith("第") else ", "
    assert in_file(f"{clean(path)}{comma}{place}") == (clean(path), place)


@pytest.mark.parametrize(
    ("known", "said", "document"),
    [
        (("pipeline 3/a.py",), "pipeline 3/a.py, line 7", "pipeline 3/a.py"),
        (("line 3/a.py",), "line 3/a.py, line 7", "line 3/a.py"),
        (("page 12.txt",), "page 12.txt, line 7", "page 12.txt"),
        (("第 3 行/a.md",), "（第 3 行/a.md，第 7 行）", "第 3 行/a.md"),
        (("report (final)",), "report (final), line 7", "report (final)"),
        (("report [final].txt",), "report (final).txt, line 7", "report [final].txt"),
        (("report (final).txt",), "`report [final].txt`, line 7", "report (final).txt"),
        (("the plan.md",), "line 7 of the plan.md", "the plan.md"),
        (("a, b.md", "b.md"), "a, b.md, line 7", "a, b.md"),
        (("my notes.txt", "notes.txt"), "my notes.txt, line 7", "my notes.txt"),
        (("my notes.txt", "notes.txt"), "(notes.txt, line 7)", "notes.txt"),
        (("src/a.py",), "project/src/a.py, line 7", "src/a.py"),
        (("deep/src/a.py", "lib/a.py"), "src/a.py, line 7", "src/a.py"),
        (("src/a.py",), "src\\a.py, line 7", "src/a.py"),
    ],
)
def test_names_that_a_pattern_would_cut(known: tuple[str, ...], said: str, document: str) -> None:
    (one,) = mentions(said, known)
    assert (one.kind, one.number, one.document) == (Kind.LINE, 7, document)


@pytest.mark.parametrize("said", ["other/a.py, line 7", "bsrc/a.py, line 7", "b-a.py, line 7"])
def test_a_file_in_another_folder_is_another_one(said: str) -> None:
    (one,) = mentions(said, ["src/a.py"])
    assert one.foreign


@pytest.mark.parametrize("said", ["line 3/b.py says", "open page 12.txt", "第 3 页.md", "slide 4/x/notes.md"])
def test_the_name_of_an_unknown_file_is_no_place(said: str) -> None:
    assert list(mentions(said, ["a.py"])) == []
