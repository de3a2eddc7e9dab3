"""What a search shows of an answer: as it reads, and quickly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.plain_text import plain_around


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("## The **total** is `4_8 * 2`", "The total is 4_8 * 2"),
        ("- a *slanted* total\n- [x] done", "a slanted total\ndone"),
        ("1. first\n2. total", "1. first\n2. total"),
        ("> ### total __of__ it", "total of it"),
        ("[the total](https://a.b/c_d) and ![a total](x.png)", "the total and a total"),
        ("| Item | **total** |\n|---|:--:|\n| a | 5 |", "Item · total\na · 5"),
        ("total\n\n```python\n# **kept**\nx = a * b * c\n```\nend", "total\n\n# **kept**\nx = a * b * c\nend"),
        ("2 * 3 * 4 is no total, snake_case_name is one", "2 * 3 * 4 is no total, snake_case_name is one"),
        ("~~old~~ total[^1], \\*not\\* bold", "old total, *not* bold"),
        ("**合计**为 **4.8 M** total", "合计为 4.8 M total"),
        ("an open **total", "an open **total"),
        ("***total***", "total"),
        (r"[the total](a\_b) \*x\* `y`", "the total *x* y"),
    ],
)
def test_it_reads_as_the_answer_does(markdown, shown):
    assert plain_around(markdown, "total") == shown


def test_a_word_that_is_only_in_an_address_is_shown_where_it_is():
    markdown = "See [here](https://invoices.example/total)."
    assert plain_around(markdown, "invoices") == markdown


def test_far_in_a_long_answer_code_is_still_code():
    text = "word **bold**\n\n```\n" + "# line\n" * 2_000 + "a * total * b\n```\n\n**after**"
    around = plain_around(text, "total")
    assert "# line\na * total * b\n" in around
    assert around.endswith("\nafter")


@given(st.lists(st.sampled_from([*"*_`~|#>[]()!\\- \n\ue000", "word", "合计", "1. "]), max_size=60).map("".join))
def test_no_word_gets_lost(text):
    shown = plain_around(text, "word")
    assert shown.count("word") <= text.count("word")
    assert ("word" in shown) == ("word" in text)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), max_size=60))
def test_a_text_without_marks_stays_as_it_is(text):
    assert plain_around(text, text) in (text, plain_around(text, ""))


@pytest.mark.parametrize("hostile", ["**a*b_" * 20_000, "[" * 50_000, "`a" * 50_000, "_a" * 50_000, "|-" * 50_000])
def test_hostile_texts_are_no_matter(hostile):
    begin = time.process_time()
    plain_around(hostile + " total", "total")
    assert time.process_time() - begin < 0.5


def test_a_hit_in_an_answer_is_marked_in_what_is_read_and_a_question_stays_as_it_was_typed(tmp_path):
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (TextPart("Is **4** the `total`?"),)))
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", "## Yes\n\nThe **to`ta`l** and the **`total` amount**.")
    writer.finish(FinishReason.STOP)
    answer, question = history.search("total amount")[0], history.search("total")[-1]
    assert answer.snippet == "Yes The total and the total amount."
    assert [answer.snippet[start:end] for start, end in answer.matches] == ["total", "total", "amount"]
    assert question.snippet == "Is **4** the `total`?"
    history.close()
