"""The index of a document: what is found, and that a file of it can go wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.documents import PageText
from desktop_helper.core.errors import HelperError
from desktop_helper.services.documents.page_index import IN_MEMORY, PageIndex
from desktop_helper.services.documents.passages import heading_of, passages
from desktop_helper.services.documents.words import excerpt, terms
from tests.support import large_documents


def index_of(*texts: str) -> PageIndex:
    made = PageIndex(IN_MEMORY)
    made.add(1, [PageText(text) for text in texts])
    made.count = len(texts)
    return made


def found(index: PageIndex, question: str) -> list[int]:
    return [hit.page for hit in index.search(question, 5)]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How is the coolant pump installed?", 2),  # installed, installing, installation
        ("Where do I find error E-4711?", 3),
        ("What does the café cost?", 4),
        ("备件的订货号是多少？", 5),
        ("ＭＡＩＮＴＥＮＡＮＣＥ", 6),
        ("保修期有几年", 7),
    ],
)
def test_words_and_pairs_of_characters_find_the_page(question: str, page: int) -> None:
    index = index_of(
        "General remarks about the machine.",
        "Installing the coolant pump takes an hour.",
        "The display shows E-4711 if the door is open.",
        "The cafe costs 3 euros.",
        "请用备件订货号购买零件。",
        "Maintenance is due each year.",
        "本机保修期为三年。",
    )
    assert found(index, question)[0] == page
    index.close()


@pytest.mark.parametrize("question", ["", "?!", "What is it about?", "这是什么？", '" OR body:*', "AND NOT NEAR"])
def test_questions_without_words_of_their_own_break_nothing(question: str) -> None:
    index = index_of("One page.")
    assert found(index, question) == []
    index.close()


@given(st.text(max_size=200))
@settings(max_examples=25, deadline=None)
def test_any_question_can_be_asked(question: str) -> None:
    index = index_of("alpha beta", "甲乙丙")
    assert set(found(index, question)) <= {1, 2}
    assert all(term and '"' not in term for term in terms(question))
    index.close()


@given(st.lists(st.text(alphabet="ab字。. \n", min_size=1, max_size=120), max_size=6).map("".join))
@settings(max_examples=25, deadline=None)
def test_passages_lose_nothing(text: str) -> None:
    assert Counter("".join(passages(text))) >= Counter("".join(text.split()))


def test_a_page_without_a_full_stop_is_cut_as_well() -> None:
    assert max(map(len, passages("长" * 5000))) < 60
    assert max(map(len, passages("word " * 5000))) <= 2 * 160


def test_a_heading_says_what_the_passages_below_are_about() -> None:
    filler = "Wear gloves. Keep it dry. Record the result. " * 6
    pages = [f"{name}\n{filler}\nThe service interval is 90 days.\n{filler}" for name in ("Boiler", "Turbine", "Dryer")]
    index = index_of(*pages)
    assert found(index, "What is the turbine's service interval?")[0] == 2
    assert heading_of("\n 12 \n  Turbine\nmore") == "Turbine"
    index.close()


def test_the_lines_around_a_hit_are_told() -> None:
    text = "First.\nSecond.\nThe pump is replaced after 400 hours.\nThird.\nFourth.\nFifth."
    assert (
        excerpt(text, "When to replace the pump?") == "Second.\nThe pump is replaced after 400 hours.\nThird.\nFourth."
    )


def test_scans_are_found_when_they_have_been_read(tmp_path: Path) -> None:
    index = PageIndex(tmp_path / "a.db")
    index.add(1, [PageText("Cover"), PageText("", scanned=True), PageText("", scanned=True)])
    index.count = 3
    assert (index.complete, index.unread(5), index.unread(5, near=3), index.unread_count()) == (True, [2, 3], [3, 2], 2)
    index.add_read(2, "The warranty is two years.")
    index.add_read(2, "Read twice.")
    assert found(index, "warranty") == [2]
    assert (index.unread(5), index.texts([2, 9])) == ([3], {2: "The warranty is two years."})
    index.close()


def test_what_is_there_is_not_added_again(tmp_path: Path) -> None:
    first, second = PageIndex(tmp_path / "a.db"), PageIndex(tmp_path / "a.db")  # of two processes
    pages = [PageText("alpha"), PageText("beta")]
    first.add(1, pages)
    second.add(1, pages)
    second.add(3, [PageText("gamma")])
    second.count = 3
    assert (first.next_page, first.complete, found(first, "gamma")) == (4, True, [3])
    assert [hit.score for hit in first.search("alpha", 5)] == [hit.score for hit in second.search("alpha", 5)]
    first.close()
    second.close()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b"SQLite format 3\0" + b"\0" * 5000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    index = PageIndex(path)
    index.add(1, [PageText("alpha")])
    assert found(index, "alpha") == [1]
    index.close()


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HelperError):
        PageIndex(tmp_path / "file" / "a.db")


@pytest.mark.parametrize("language", [large_documents.ENGLISH, large_documents.CHINESE], ids=lambda one: one.name)
@pytest.mark.parametrize("headed", [False, True])
def test_the_page_with_the_answer_is_among_the_first(language: large_documents.Language, headed: bool) -> None:
    """The whole of it is a bench: 100 questions, 600 pages, and what is chosen in the end."""
    manual = large_documents.manual(language, 7, pages=150, cases=8, headed=headed)
    index = index_of(*manual.pages)
    hits = [case.page in [hit.page for hit in index.search(case.question, 8)] for case in manual.cases]
    index.close()
    assert sum(hits) >= 7
