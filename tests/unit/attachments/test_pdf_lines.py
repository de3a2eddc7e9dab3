"""Words in lines: as PyMuPDF lays them out, and within bounds whatever a file says."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.attachments._pdf_lines import MOST_SPACES, laid_out
from tests.support import sample_files
from tests.support.corpus import kept, papers

FILES = {
    "plain": papers.marked,
    "mixed": papers.mixed,
    "many": lambda: sample_files.pdf(3),
    **{name: (kept.FOLDER / f"{name}.pdf").read_bytes for name in ("libreoffice", "sheet", "slides", "chromium")},
    **{name: (kept.FOLDER / f"{name}.pdf").read_bytes for name in ("latex", "ghostscript", "gnumeric", "groff")},
}


@pytest.mark.parametrize("name", FILES)
def test_pages_read_as_with_pymupdf(name: str) -> None:
    import pymupdf

    with pymupdf.open(stream=FILES[name](), filetype="pdf") as document:
        for page in document:
            layer: Any = page.get_textpage(flags=0)
            theirs = page.get_text("text", textpage=layer, sort=True)
            ours = laid_out(word[:5] for word in page.get_text("words", textpage=layer))
            assert "".join(ours.split()) == "".join(theirs.split())
            assert ours == theirs or name == "slides"  # of charts, it joins lines


def test_columns_keep_their_distance() -> None:
    words = [(10.0, 10.0, 40.0, 20.0, "abc"), (100.0, 10.0, 130.0, 20.0, "def"), (10.0, 50.0, 40.0, 60.0, "ghi")]
    assert laid_out(words) == "abc      def\n\n\n\nghi"
    assert laid_out([]) == ""


numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1000, 1000)
words = st.lists(st.tuples(numbers, numbers, numbers, numbers, st.text(min_size=1, max_size=9)), max_size=20)


@given(words)
def test_no_place_makes_it_fail_or_grow(words: list[tuple[float, float, float, float, str]]) -> None:
    said = laid_out(words)
    placed = [word for word in words if all(map(math.isfinite, word[:4]))]
    assert all(word[4] in said for word in placed)
    assert len(said) <= sum(len(word[4]) + MOST_SPACES + 6 for word in words)
