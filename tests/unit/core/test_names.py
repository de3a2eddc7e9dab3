"""Names in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.names import MOST, printable


@pytest.mark.parametrize("name", ["a.png", "Größe 第三季度.pdf", "💥 👩‍🚀.txt", "100% {name}.csv", "a\\b", "שלום.txt"])
def test_ordinary_ones_stay_as_they_are(name: str) -> None:
    assert printable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("line\nbreak.png", r"line\u000abreak.png"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\x1b[2Jcleared", r"\u001b[2Jcleared"),
        ("\udcff.txt", r"\udcff.txt"),
    ],
)
def test_what_lies_or_cannot_be_stored_is_escaped(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_the_middle_of_a_very_long_one_is_left_out() -> None:
    shown = printable("/begin" + "/x" * 3000 + "/end.png")
    assert shown.startswith("/begin/x")
    assert shown.endswith("/x/end.png")
    assert len(shown) == MOST + 1


@given(st.text(st.characters(categories=("C", "L", "Z", "S"))))
def test_every_name_becomes_one_line_that_can_be_stored(name: str) -> None:
    shown = printable(name)
    shown.encode()
    assert len(shown.splitlines()) <= 1
