"""Long texts as pages of small print: nothing is lost, and the cost is known before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core import dense_text as dense
from desktop_helper.core.dense_text import Line, Page, Proposal, is_drawable, lay_out, plain, proposal
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.text_tokens import text_tokens

ENGLISH = "The pump is checked every month, because the pressure in its valves falls when it is warm. " * 400
CHINESE = "每个月都要检查水泵，因为天气变热时阀门中的压力会下降。" * 800
CODE = "def main():\n    for number in range(9):\n        print(number)\n\n" * 200


def lines_of(pages: list[Page]) -> list[Line]:
    return [line for page in pages for column in page.columns for line in column]


def read_again(pages: list[Page]) -> list[str]:
    """The lines of the text, without spaces: those at a break are gone."""
    lines, begun = [], ""
    for line in lines_of(pages):
        begun += line.text
        if line.ends:
            lines.append(begun.replace(" ", ""))
            begun = ""
    assert not begun
    return lines


def wanted(text: str) -> list[str]:
    return [line.replace(" ", "") for line in plain(text).split("\n") if line]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, CODE, f"{ENGLISH}\n\n{CHINESE}\n{CODE}", "x" * 5_000, "一"])
@pytest.mark.parametrize("limit", [6144, 1500, 200])
def test_all_lines_are_there_in_their_order_and_no_page_costs_too_much(text: str, limit: int) -> None:
    pages = lay_out(text, limit)
    assert read_again(pages) == wanted(text)
    for page in pages:
        assert page.tokens == image_tokens(dense.WIDTH_PX, page.height) <= limit
        assert dense.WIDTH_PX % 28 == page.height % 28 == 0
        for column in page.columns:
            assert [line.top for line in column] == sorted({line.top for line in column})
            assert column[-1].top + page.font_px + 2 * dense.MARGIN_PX + dense.FOOT_PX <= page.height


@given(st.text(st.one_of(st.sampled_from(" \t\n\r\x0b\u2028\u3000ab一，。"), st.characters()), max_size=400))
def test_whatever_it_is(text: str) -> None:
    assert read_again(lay_out(text, 6144)) == wanted(text)
    proposal([text], 6144)
    is_drawable([text])


def test_code_keeps_its_shape() -> None:
    lines = lines_of(lay_out(CODE, 6144))[:3]
    assert [line.text for line in lines] == ["def main():", "for number in range(9):", "print(number)"]
    assert lines[0].indent == 0 < lines[1].indent == lines[2].indent / 2
    assert lines_of(lay_out("a\n\tb", 6144))[1].indent == lines[1].indent


def test_a_line_does_not_begin_with_what_ends_a_sentence() -> None:
    lines = lines_of(lay_out(CHINESE, 6144))
    assert len(lines) > 100
    assert not any(line.text[0] in "，。" for line in lines)


def test_chinese_is_larger() -> None:
    assert lay_out(CHINESE, 6144)[0].font_px > lay_out(ENGLISH, 6144)[0].font_px


def test_what_is_proposed() -> None:
    for text in (ENGLISH, CHINESE):
        found = proposal([text], 6144)
        pages = lay_out(text, 6144)
        assert found == Proposal(text_tokens(text), len(pages), sum(page.tokens for page in pages))
        assert found.worth_it
    assert not proposal([ENGLISH[:9_000]], 6144).worth_it  # too short
    assert not proposal(["word\n" * 9_000], 6144).worth_it  # pages of short lines
    assert not Proposal(9_000, 0, 0).worth_it
    assert not Proposal(900_000, 101, 135_000).worth_it
    assert Proposal(9_000, 5, 6_000).worth_it
    assert not Proposal(9_000, 5, 6_001).worth_it


def test_what_the_font_lacks_is_not_drawn() -> None:
    assert is_drawable([ENGLISH, CHINESE, CODE, "Привет, Ελλάδα, 日本語, 한국어, Łódź – “x” … → ✓"])
    assert is_drawable([f"{ENGLISH} 😀"])
    assert not is_drawable(["هذا نص طويل" * 50])
    assert not is_drawable(["नमस्ते दुनिया" * 50])


def test_tokens_of_a_text() -> None:
    assert text_tokens("") == 0
    assert text_tokens("a" * 350) == 100
    assert text_tokens("一" * 160) == 100
    assert text_tokens("a" * 350 + "一" * 160) == 200
    assert text_tokens("\ud800") >= 0
