"""The splitter: however the text is cut into chunks, the pieces parse as the whole does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.services.markdown.parser import parse
from desktop_helper.ui.markdown.blocks import Splitter

LINES = [
    "", "", "text", "more text", "# heading", "#hashtag", "##", "---", "===", "- item", "  continued", "- [ ] task",
    "* star", "1. one", "2) two", "    indented", "\ttab", "> quote", ">", "```", "```py", "~~~", "x = 1", "````",
    "| a | b |", "|---|--:|", "| 1 | 2 |", "a | b", "- | -", "$$", "x^2", "$$ y $$", "\\[", "\\]", "[foo]: http://a.b",
    "[foo]", "[foo]: <", '"title', 'line"', "**bold", "a `code` b", "***", "+ plus", "-", "=", "  - nested", "  ```",
    "中文段落", "<div>", "- $$", "> $$", "> ```", "[", "\\", "text  ", ":--", "|", "1.", "   - three",
    "[^1]: note", "see[^1]", "    more of it", "[^a]:", "> [^b]: x", "$a_1$", r"\(", r"x\)", "- [^1]: y", "    - z",
]  # fmt: skip
documents = st.lists(st.sampled_from(LINES), max_size=14).map("\n".join)


def split(document: str, sizes: list[int]) -> list[str]:
    splitter, pieces, position = Splitter(), [], 0
    for size in sizes:
        pieces += splitter.feed(document[position : position + size])
        position += size
    pieces += splitter.feed(document[position:])
    return pieces + splitter.close()


def signature(sources: list[str]) -> list[tuple]:
    references: dict = {}
    for source in sources:
        parse(source, references)
    return [
        (token.type, token.tag, token.content, token.info, token.hidden, str(token.attrs), token.level)
        for source in sources
        for token in parse(source, dict(references))
    ]


@settings(max_examples=600, deadline=None)
@given(documents, st.lists(st.integers(1, 12), max_size=40))
def test_pieces_parse_as_the_whole(document, sizes):
    assert signature(split(document, sizes)) == signature([document])


@pytest.mark.parametrize("size", [1, 2, 7])
def test_nothing_is_lost_but_empty_lines(size):
    document = "# a\r\n\r\ntext\rmore\n\n```py\nx\n\n```\n- a\n- b\n\nend\0"
    pieces = split(document, [size] * len(document))
    assert "".join(pieces).replace("\n", "") == document.replace("\r", "").replace("\n", "").replace("\0", "\ufffd")


def test_a_finished_paragraph_is_given_out_as_soon_as_the_next_line_is_complete():
    splitter = Splitter()
    assert splitter.feed("one\n\ntwo") == []
    assert splitter.feed("\n") == ["one\n\n"]
    assert splitter.tail == "two\n"


def test_an_open_code_block_is_known_and_stays_whole():
    splitter = Splitter()
    assert splitter.feed("```py title\na\n\n# b\n") == []
    assert splitter.fence is not None
    assert splitter.fence.language == "py"
    assert splitter.tail[splitter.fence.body_start :] == "a\n\n# b\n"
    assert splitter.feed("```\nafter\n") == ["```py title\na\n\n# b\n```\n"]
    assert splitter.fence is None


def test_a_line_that_is_not_complete_decides_nothing():
    splitter = Splitter()
    assert splitter.feed("text\n#") == []
    assert splitter.feed("hashtag\n\nnext\n") == ["text\n#hashtag\n\n"]
