"""One splitter for every backend: exact, and blind to how the text was cut."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop_helper.core.answer_markers import LOOK_AHEAD
from desktop_helper.core.events import TextDelta, ThinkingDelta
from desktop_helper.core.splitter import Splitter
from tests.support.glm_answers import random_answers

BOX, END = "<|begin_of_box|>", "<|end_of_box|>"


def split(pieces: list[str], *, thinking: bool = False) -> tuple[str, str]:
    splitter = Splitter(thinking=thinking)
    deltas = [delta for piece in pieces for delta in splitter.feed(piece)] + splitter.close()
    assert all(delta.text for delta in deltas)
    return (
        "".join(delta.text for delta in deltas if isinstance(delta, ThinkingDelta)),
        "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)),
    )


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("", "", ""),
        ("  \n ", "", ""),
        ("Hello", "", "Hello"),
        ("\n\nHello\n", "", "Hello\n"),
        ("\n    code", "", "    code"),
        ("<think>a</think>b", "a", "b"),
        (" \n<think>\na\n</think>\n\nb", "a\n", "b"),
        ("<think></think>b", "", "b"),
        ("<think>\n</think>b", "", "b"),
        ("</think>\nb", "", "b"),
        ("<think>never closed", "never closed", ""),
        ("<think>a</think><think>b</think>c", "ab", "c"),
        ("Use <think> and </think>", "", "Use <think> and </think>"),
        ("<think>it says `</think>` ok", "it says `", "` ok"),
        ("<think>so " + BOX + "4" + END + "</think>4", "so 4", "4"),
        (f"It is {BOX}4{END}.", "", "It is 4."),
        (f"It is {BOX}4", "", "It is 4"),
        (f"{BOX}\n4{END}", "", "4"),
        (f"<think>a</think><answer>\n{BOX}4{END}</answer>", "a", "4"),
        (f"{BOX}<answer>4</answer>{END}", "", "4"),
        ("<answer>a</answer></answer>", "", "a</answer>"),
        ("say <answer>a</answer>", "", "say <answer>a</answer>"),
        ("a < b", "", "a < b"),
        ("x <|begin_of", "", "x <|begin_of"),
        ("<thin", "", "<thin"),
    ],
)
def test_markers(text: str, thinking: str, answer: str) -> None:
    assert split([text]) == (thinking, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"The tag `{BOX}` opens a box.", f"The tag `{BOX}` opens a box."),
        (f"The tag ``{BOX} ` `` opens.", f"The tag ``{BOX} ` `` opens."),
        (f"A stray ` and {BOX}4{END}", "A stray ` and 4"),
        (f"A stray ` and {BOX}4{END}\nand ` more", "A stray ` and 4\nand ` more"),
        (f"`a` {BOX}4{END} `b`", "`a` 4 `b`"),
        (f"`` not closed, `{BOX}` code", f"`` not closed, `{BOX}` code"),
        (f"`` open {BOX}4{END} `code`", "`` open 4 `code`"),
        (f"`{BOX}" + "x" * LOOK_AHEAD + "` too far", "`" + "x" * LOOK_AHEAD + "` too far"),
        (f"```\n{BOX}4{END}\n```\n{BOX}5{END}", f"```\n{BOX}4{END}\n```\n5"),
        (f"~~~\n{BOX}\n```\n{END}\n~~~\n{BOX}5", f"~~~\n{BOX}\n```\n{END}\n~~~\n5"),
        (f"````md\n```\n{BOX}\n```\n````\n{BOX}5", f"````md\n```\n{BOX}\n```\n````\n5"),
        (f"{BOX}```py\nx\n```{END}\n{BOX}5{END}", "```py\nx\n```\n5"),
        (f"{BOX}```py\nx\n{END}", "```py\nx\n"),
        (f"{BOX}```py\n{BOX}y{END}\n{END}", f"```py\n{BOX}y{END}\n"),
        (f"- item\n  ```\n  {BOX}\n  ```\n  {BOX}5", f"- item\n  ```\n  {BOX}\n  ```\n  5"),
        (f"> ```\n> {BOX}\n> ```\n{BOX}5", f"> ```\n> {BOX}\n> ```\n5"),
        (f"```{BOX}``` is the tag", f"```{BOX}``` is the tag"),
        (f"text ``` {BOX}4{END}\nnext {BOX}5{END}", "text ``` 4\nnext 5"),
    ],
)
def test_code_keeps_its_markers(text: str, answer: str) -> None:
    assert split([text]) == ("", answer)
    assert split(list(text)) == ("", answer)


def test_it_says_what_comes_next():
    splitter = Splitter()
    said = []
    for piece in ("<thi", "nk>", "a", "</think", ">", "\n"):
        splitter.feed(piece)
        said.append(splitter.thinks)
    assert said == [False, True, True, True, False, False]
    assert Splitter(thinking=True).thinks


def test_a_prompt_that_ends_in_think() -> None:
    assert split(["\n", "a</thi", "nk>\n", "b"], thinking=True) == ("a", "b")
    assert split(["<think>a</think>b"], thinking=True) == ("a", "b")
    assert split(["all of it"], thinking=True) == ("all of it", "")


def test_a_field_of_its_own_for_the_reasoning() -> None:
    splitter = Splitter(thinking=True)
    assert splitter.feed_thinking("\n\nso ") == [ThinkingDelta("so ")]
    assert splitter.feed_thinking("</think> <|begin_of") == [ThinkingDelta("</think> ")]
    assert splitter.feed_thinking("_box|>4<|end") == [ThinkingDelta("4")]
    assert splitter.feed("\n\nIt is <") == [ThinkingDelta("<|end"), TextDelta("It is ")]
    assert splitter.feed("b>") == [TextDelta("<b>")]
    assert splitter.close() == []


def test_only_what_may_become_a_marker_is_held_back() -> None:
    splitter = Splitter()
    assert splitter.feed("He") == [TextDelta("He")]
    assert splitter.feed("llo <|begin_of_b") == [TextDelta("llo ")]
    assert splitter.feed("ar|>") == [TextDelta("<|begin_of_bar|>")]
    assert splitter.feed("`a") == [TextDelta("`a")]
    assert splitter.feed(f"{BOX}b") == []
    assert splitter.feed("` c") == [TextDelta(f"{BOX}b` c")]


PIECES = st.lists(
    st.sampled_from(
        [
            BOX,
            END,
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "`",
            "``",
            "```",
            "~~~",
            "\n",
            " ",
            "a",
            "é漢",
            "<",
            "|",
        ]
    ),
    max_size=30,
)


@given(PIECES, st.data())
@example([*"<think>", "</think>", "<answer>"], None)
def test_how_the_text_is_cut_does_not_matter(pieces: list[str], data: st.DataObject | None) -> None:
    text = "".join(pieces)
    whole = split([text])
    assert split(list(text)) == whole
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
        assert split([text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]) == whole


@given(PIECES)
def test_nothing_but_markers_and_blank_lines_is_lost(pieces: list[str]) -> None:
    thinking, answer = split(["".join(pieces)])
    kept = [letter for letter in thinking + answer if letter in "aé漢"]
    letters = [letter for piece in pieces for letter in piece if piece in ("a", "é漢")]
    for letter in set(letters):
        assert kept.count(letter) >= letters.count(letter)


def test_every_split_position_of_200_answers() -> None:
    for answer in random_answers(200):
        for at in range(len(answer.raw) + 1):
            assert split([answer.raw[:at], answer.raw[at:]]) == (answer.thinking, answer.text), (answer.raw, at)


def test_the_cost_of_a_piece_does_not_grow_with_the_answer() -> None:
    splitter = Splitter()
    for _ in range(20_000):
        splitter.feed("word ` ")
    assert len(splitter._answer._held) < LOOK_AHEAD
