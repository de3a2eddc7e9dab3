"""A few of the pieces of a screen that the bench reads, in both languages, large enough to be read without mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.child import child_argv
from desktop_helper.core.text_layout import layout
from desktop_helper.ocr import WORKER
from desktop_helper.services.text_reader import TextReader
from tests.support import text_pages


@pytest.mark.parametrize("step", [16, pytest.param(8, marks=pytest.mark.slow)])
def test_hardly_a_character_is_wrong_from_16_pixels_up(qapp, tmp_path: Path, step: int) -> None:
    if not text_pages.has_fonts():
        pytest.skip("needs a Latin and a Chinese font")
    missed = characters = 0
    reader = TextReader(child_argv(WORKER), tmp_path)
    try:
        for page in text_pages.pages(120):
            if page.size < 16 or page.size % step:
                continue
            found = text_pages.plain(layout(reader.read_pixels(page.frame, page.name)))
            wanted = text_pages.plain("\n".join(page.lines))
            missed += text_pages.wrong(found, wanted)
            characters += len(wanted)
    finally:
        reader.close()
    assert characters > 1000
    assert missed < 0.02 * characters
