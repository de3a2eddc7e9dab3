from __future__ import annotations

import pytest

from desktop_helper.services.settings_lines import line_of, line_of_syntax_error

_TEXT = """# [general]
top = 1
[a]
x = 1
"quo.ted" = 2
[a.b]   # comment
x = 1
c.d = 5
[[list]]
x = 3
[[list]]
x = 4
[list.y]
z = 5
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("top",), 2),
        (("a",), 3),
        (("a", "x"), 4),
        (("a", "quo.ted"), 5),
        (("a", "b"), 6),
        (("a", "b", "x"), 7),
        (("a", "b", "c", "d"), 8),
        (("a", "b", "gone"), 6),
        (("gone", "too"), None),
        (("list", "0", "x"), 10),
        (("list", "1"), 11),
        (("list", "1", "x"), 12),
        (("list", "1", "y", "z"), 14),
        (("list", "1", "y", "gone"), 13),
    ],
)
def test_the_deepest_part_that_is_written_out(keys, line):
    assert line_of(_TEXT, keys) == line


def test_lines_of_syntax_errors():
    assert line_of_syntax_error("Invalid value (at line 7, column 3)", "") == 7
    assert line_of_syntax_error("Unclosed array (at end of document)", "a\nb\n") == 2
    assert line_of_syntax_error("Something else", "a") is None
