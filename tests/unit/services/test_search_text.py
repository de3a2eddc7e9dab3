from __future__ import annotations

import sqlite3
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop_helper.services.search_text import index_text, match_expression, snippet, tokens

# Of every block that counts as CJK, old and new, in and beyond the basic plane.
_CJK = (
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF)
    | st.characters(min_codepoint=0x20000, max_codepoint=0x323AF)
    | st.characters(min_codepoint=0x3041, max_codepoint=0x3096)
    | st.characters(min_codepoint=0x30A1, max_codepoint=0x30FA)
    | st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
    | st.sampled_from("々〇ー発票豈")
)
_runs = st.text(_CJK, min_size=2, max_size=12)
_anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u3099\u309a"), max_size=20)


def finds(text: str, query: str) -> bool:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE t USING fts5 (x, content='', tokenize='unicode61 remove_diacritics 2')")
        database.execute("INSERT INTO t (rowid, x) VALUES (1, ?)", (index_text(text),))
        expression = match_expression(query)
        found = expression and database.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall()
    database.close()
    return bool(found)


@given(before=_anything, run=_runs, after=_anything, data=st.data())
def test_every_part_of_two_or_more_cjk_characters_is_found(before, run, after, data):
    start = data.draw(st.integers(0, len(run) - 2))
    end = data.draw(st.integers(start + 2, len(run)))
    assert finds(before + run + after, run[start:end])


@given(query=_anything)
@example('"')
@example("a OR b NOT (c")
@example("x:y*^")
@example("\x00")
def test_no_query_is_a_syntax_error(query):
    finds("anything", query)


@given(text=st.text(string.ascii_letters + string.digits + " .,-_/", min_size=1, max_size=40))
def test_every_word_of_a_text_is_found_with_its_beginning(text):
    for word in tokens(text):
        assert finds(text, word)
        assert finds(text, word[: max(1, len(word) // 2)].upper())


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("请看这张发票的总额", "发票", True),
        ("请看这张发票的总额", "总额 发票", True),
        ("请看这张发票的总额", "票发", False),
        ("发和票", "发票", False),
        ("GLM视觉模型4.6V", "视觉模型", True),
        ("GLM视觉模型4.6V", "glm视觉", True),
        ("GLM视觉模型4.6V", "型4", True),
        ("报告_2026.pdf", "2026", True),
        ("报告_2026.pdf", "报告_2026.pdf", True),
        ("Ｆｕｌｌ　ｗｉｄｔｈ１２", "full width12", True),
        ("Crème brûlée", "creme brulee", True),
        ("cre\u0300me", "crème", True),
        ("the invoice", "inv", True),
        ("the invoice", "voice", False),
        ("anything", "", False),
        ("anything", "…!", False),
        ("한국어 문서", "국어", True),
        ("𠮷野家", "𠮷野", True),
    ],
)
def test_examples(text, query, expected):
    assert finds(text, query) is expected


def test_snippets_show_the_place():
    long = "word " * 200 + "the needle is here " + "word " * 200
    assert "needle is here" in snippet(long, "needle")
    assert snippet(long, "needle").startswith("…")
    assert snippet(long, "needle").endswith("…")
    assert len(snippet(long, "needle")) < 130
    assert "发票" in snippet("前" * 300 + "发票" + "后" * 300, "发票")
    assert snippet("short\n\ntext", "absent") == "short text"
    assert snippet("a.b", "!!!") == "a.b"
