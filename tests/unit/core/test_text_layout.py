"""Lines that lie about in a picture become text in the order in which people read."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.geometry import Rect
from desktop_helper.core.text_layout import in_reading_order, layout
from desktop_helper.core.text_lines import TextLine, width_of

HEIGHT = 20
SENTENCE = "The quick brown fox jumps over the lazy dog"


def line(text: str, x: int, y: int, *, height: int = HEIGHT, character: float = 9.0) -> TextLine:
    return TextLine(text, Rect(x, y, max(1, round(character * width_of(text))), height), 0.9)


def table(rows: list[list[str]], columns: list[int], *, pitch: int = 30, top: int = 0) -> list[TextLine]:
    return [
        line(cell, columns[column], top + number * pitch)
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell
    ]


def paragraph(words: str, x: int, y: int, *, pitch: int = 26) -> list[TextLine]:
    return [line(f"{words} {number}", x, y + number * pitch) for number in range(5)]


def shuffled(lines: list[TextLine]) -> list[TextLine]:
    mixed = list(lines)
    random.Random(7).shuffle(mixed)
    return mixed


def test_nothing_is_nothing() -> None:
    assert layout([]) == ""
    assert layout([line("  ", 0, 0)]) == ""


def test_lines_are_read_from_above_to_below_and_from_left_to_right() -> None:
    lines = [line("one", 0, 0), line("two", 36, 2), line("three", 0, 26)]
    assert layout(shuffled(lines)) == "one two\nthree"


def test_paragraphs_are_kept_apart() -> None:
    lines = [*paragraph("first", 0, 0), *paragraph("second", 0, 180)]
    text = layout(shuffled(lines))
    assert text.count("\n\n") == 1
    assert text.index("first 4") < text.index("\n\n") < text.index("second 0")


def test_a_heading_over_two_columns() -> None:
    lines = [
        line("A heading that is as wide as both of the columns together", 0, 0, height=30, character=15),
        *paragraph(f"left {SENTENCE}", 0, 50),
        *paragraph(f"right {SENTENCE}", 480, 50),
    ]
    text = layout(shuffled(lines)).splitlines()
    assert text[0].startswith("A heading")
    assert [one.split()[0] for one in text if one][1:] == ["left"] * 5 + ["right"] * 5


def test_columns_whose_lines_stand_at_other_heights() -> None:
    lines = [*paragraph(f"left {SENTENCE}", 0, 0, pitch=26), *paragraph(f"right {SENTENCE}", 480, 11, pitch=33)]
    assert [one.split()[0] for one in layout(shuffled(lines)).splitlines() if one] == ["left"] * 5 + ["right"] * 5


def columns_of(left: list[str], right: list[str], *, apart: int = 260) -> list[TextLine]:
    return table([list(pair) for pair in zip(left, right, strict=True)], [0, apart])


def test_narrow_columns_of_running_text_at_one_height() -> None:
    left = ["The quick brown fox", "jumped over the lazy", "dog, and then it ran", "back into the woods."]
    right = ["Nobody knew where it", "had come from, or if", "it would come back,", "so they all waited."]
    assert layout(shuffled(columns_of(left, right))) == "\n".join([*left, "", *right])
    left, right = (
        ["今天早上天气很好，", "我们一起去公园散步", "路边的花都已经开了", "孩子们跑得很开心。"],
        ["到了中午大家都饿了", "于是找了一家小饭馆", "点了几样家常的菜，", "慢慢地吃完才回家。"],
    )
    assert layout(shuffled(columns_of(left, right))) == "\n".join([*left, "", *right])


def test_short_cells_of_several_words_are_a_table() -> None:
    left = ["Date of the order", "Name", "Place of delivery", "Number of boxes"]
    right = ["3 March 2024", "Anna von der Heide", "Port of Hamburg", "12"]
    rows = [f"{one}\t{other}" for one, other in zip(left, right, strict=True)]
    assert layout(shuffled(columns_of(left, right))).splitlines() == rows


def test_a_narrow_list_beside_long_lines_is_a_column() -> None:
    names = [line(name, 0, 41 * number) for number, name in enumerate(("Home", "Inbox", "Sent", "Drafts", "Trash"))]
    lines = [*names, *paragraph(SENTENCE, 160, 9, pitch=27)]
    text = layout(shuffled(lines))
    assert text.index("Trash") < text.index(SENTENCE)


def test_a_table_is_read_row_by_row() -> None:
    rows = [["Item", "Count", "Price"], ["Pen", "3", "1.20"], ["Paper", "12", "0.80"]]
    text = layout(shuffled(table(rows, [0, 200, 320])))
    assert text == "Item\tCount\tPrice\nPen\t3\t1.20\nPaper\t12\t0.80"


def test_empty_cells_keep_their_column() -> None:
    rows = [["Item", "Count", "Price"], ["Pen", "", "1.20"], ["Paper", "12", ""]]
    text = layout(shuffled(table(rows, [0, 200, 320])))
    assert text == "Item\tCount\tPrice\nPen\t\t1.20\nPaper\t12"


def test_numbers_on_the_right_stand_below_their_heading() -> None:
    """There is a gap between “Price” and the prices, but nobody would take them for two columns."""
    lines = table([["Item", "Price"], ["Pen", ""], ["Paper", ""]], [0, 200])
    lines += table([["1.20"], ["0.80"]], [300], top=30)
    assert layout(shuffled(lines)) == "Item\tPrice\nPen\t1.20\nPaper\t0.80"


def test_columns_of_which_each_row_fills_one_stay_apart_where_a_heading_fills_both() -> None:
    rows = [["Day", "Debit", "Credit"], ["Mon", "12", ""], ["Tue", "", "30"]]
    assert layout(shuffled(table(rows, [0, 200, 320]))) == "Day\tDebit\tCredit\nMon\t12\nTue\t\t30"


def test_a_table_with_a_column_of_sentences() -> None:
    rows = [["1", SENTENCE], ["2", SENTENCE], ["3", SENTENCE]]
    text = layout(shuffled(table(rows, [0, 100])))
    assert text == "\n".join(f"{number}\t{SENTENCE}" for number in (1, 2, 3))


def test_text_around_a_table() -> None:
    rows = [["Name", "Age"], ["Ann", "31"], ["Bob", "29"]]
    above = [line(f"{SENTENCE} {number}", 0, 26 * number) for number in range(2)]
    below = [line(f"{SENTENCE} {number}", 0, 250 + 26 * number) for number in range(2, 4)]
    text = layout(shuffled([*above, *table(rows, [0, 200], top=90), *below]))
    assert text == (f"{SENTENCE} 0\n{SENTENCE} 1\n\nName\tAge\nAnn\t31\nBob\t29\n\n{SENTENCE} 2\n{SENTENCE} 3")


def test_labels_and_values() -> None:
    lines = [line("Name:", 0, 0), line("Ann", 120, 0), line("City:", 0, 30), line("Rome", 120, 30)]
    assert layout(lines) == "Name:\tAnn\nCity:\tRome"


def test_a_wide_space_in_a_line_makes_no_column() -> None:
    lines = [
        *paragraph(f"{SENTENCE} and {SENTENCE}", 0, 0),
        line("It ends here.", 0, 130),
        line("Or here.", 138, 130),
        *paragraph(f"{SENTENCE} or {SENTENCE}", 0, 156),
    ]
    assert "\t" not in layout(lines)
    assert "It ends here. Or here." in layout(lines)


def test_code_keeps_its_indentation() -> None:
    code = ["def answer(question):", "    if not question:", "        return None", "    return question.strip()"]
    lines = [
        line(one.strip(), round(10 * (len(one) - len(one.lstrip()))), 24 * number, character=10)
        for number, one in enumerate(code)
    ]
    assert layout(shuffled(lines)) == "\n".join(code)


def test_code_keeps_its_indentation_though_boxes_are_wider_than_their_text() -> None:
    read = [
        ("def add(a, b):", 15, 12, 159, 26),
        ("if a is None:", 58, 40, 149, 27),
        ("return b", 102, 68, 97, 26),
        ("for item in values:", 59, 96, 213, 26),
        ("total += item", 104, 125, 148, 24),
        ("return total", 61, 154, 135, 23),
    ]
    lines = [TextLine(text, Rect(x, y, width, height), 0.9) for text, x, y, width, height in read]
    indents = [len(row) - len(row.lstrip()) for row in layout(lines).splitlines()]
    assert indents == [0, 4, 8, 4, 8, 4]


def test_a_list_in_letters_of_many_widths_is_not_indented() -> None:
    read = [
        ("Shopping list", 14, 11, 130, 30),
        ("Apples and pears", 39, 41, 165, 26),
        ("Bread rolls", 38, 67, 107, 27),
        ("Butter", 61, 95, 68, 28),
        ("Milk for the cat", 37, 122, 147, 30),
        ("Thank you", 13, 151, 106, 30),
    ]
    lines = [TextLine(text, Rect(x, y, width, height), 0.9) for text, x, y, width, height in read]
    assert not any(row.startswith(" ") for row in layout(lines).splitlines())


def test_a_centred_heading_is_not_indented() -> None:
    lines = [line("A heading", 150, 0, character=14), *paragraph(SENTENCE, 0, 40)]
    assert layout(lines).splitlines()[0] == "A heading"


def test_chinese_is_joined_without_spaces() -> None:
    assert layout([line("你好", 0, 0), line("世界", 40, 0), line("abc", 80, 0)]) == "你好世界 abc"


def boxes() -> st.SearchStrategy[TextLine]:
    """Anything that a reader may say, sense or not."""
    numbers = st.integers(-50, 2000)
    sizes = st.integers(0, 400)
    texts = st.text(alphabet="ab 你9.\t", min_size=0, max_size=30)
    return st.builds(
        lambda text, x, y, width, height: TextLine(text, Rect(x, y, width, height), 0.5),
        texts,
        numbers,
        numbers,
        sizes,
        sizes,
    )


@given(st.lists(boxes(), max_size=40), st.randoms(use_true_random=False))
def test_every_character_is_there_once_and_the_order_given_is_of_no_account(
    lines: list[TextLine], chance: random.Random
) -> None:
    distinct = list({one.box: one for one in lines}.values())
    text = layout(distinct)
    mixed = list(distinct)
    chance.shuffle(mixed)
    assert layout(mixed) == text
    said = Counter("".join(one.text for one in distinct if one.text.strip()))
    shown = Counter(text)
    for blank in "\t\n ":
        said.pop(blank, None)
        shown.pop(blank, None)
    assert shown == said
    assert Counter(in_reading_order(distinct)) == Counter(one for one in distinct if one.text.strip())


@given(st.lists(boxes(), max_size=20), st.integers(-300, 300), st.integers(-300, 300))
def test_where_the_picture_lies_is_of_no_account(lines: list[TextLine], dx: int, dy: int) -> None:
    moved = [
        TextLine(one.text, Rect(one.box.x + dx, one.box.y + dy, one.box.width, one.box.height), one.score)
        for one in lines
    ]
    assert layout(moved) == layout(lines)


@given(
    st.lists(st.lists(st.text("abc0123", min_size=1, max_size=9), min_size=3, max_size=3), min_size=2, max_size=12),
    st.integers(10, 60),
)
def test_every_table_of_full_rows_comes_back(rows: list[list[str]], height: int) -> None:
    columns, pitch = [0, 12 * height, 24 * height], round(1.4 * height)
    lines = [
        line(cell, columns[column], pitch * number, height=height, character=0.5 * height)
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    assert [one.split("\t") for one in layout(lines).split("\n")] == rows
