"""Names of files as people have them, for hypothesis: spaces, brackets, dots, Chinese, and words that are no places."""

from __future__ import annotations

from hypothesis import strategies as st

from desktop_helper.core.many_files import clean

_WORDS = st.sampled_from(
    [
        "line 3",
        "lines 4-9",
        "pipeline 3",
        "page 2",
        "第 3 页",
        "第 4 行",
        "slide 4",
        "a",
        "b",
        "Q3",
        "final",
        "年报",
        "报告（二）",
    ]
)
_LETTERS = st.text(st.sampled_from("abXY019 .,-_()[]+&'#，、第行页部分"), min_size=1, max_size=8)
_PIECES = st.lists(_WORDS | _LETTERS, min_size=1, max_size=3).map("".join)
_ENDINGS = st.sampled_from([".py", ".txt", ".md", ".tar.gz", "", ".第 2 版"])


def _may_be_one(name: str) -> bool:
    """With other marks at its ends, nobody can say where it begins."""
    first, last = name[0], name[-1]
    one_line = clean(name) == name.translate(str.maketrans("[]", "()"))
    return one_line and (first.isalnum() or first in "([") and (last.isalnum() or last in ")]")


NAMES = st.builds(lambda stem, ending: f"{stem}{ending}", _PIECES, _ENDINGS).filter(_may_be_one)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
FILES = st.lists(PATHS, min_size=1, max_size=4, unique_by=lambda path: clean(path).casefold())
