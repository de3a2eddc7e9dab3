"""Random documents in random pieces: what stands there in the end is what the whole text gives, in every respect.

There are no exceptions: of 100,000 pairs (`-m slow`) none may differ.
"""

from __future__ import annotations

import itertools
import random

import pytest

from tests.support.random_markdown import random_markdown, random_pieces
from tests.ui.markdown.test_document import Written, whole

QUICK = 300
BATCHES, BATCH = 40, 2_500
SPLITS = 10  # of each document
REFRESHES = 5  # of each of the many


def differing(pairs: int, seed: int, *, refreshes: int, lines: int = 12) -> list[tuple[int, str, list[str]]]:
    """Number, document and pieces of those pairs whose final view is not that of the whole text."""
    found = []
    for number in range(pairs // SPLITS):
        generator = random.Random(f"{seed} {number}")
        text = random_markdown(generator, lines)
        expected = whole(text).picture()
        for _ in range(SPLITS):
            pieces = list(random_pieces(generator, text))
            shown = min(generator.random(), refreshes / max(1, len(pieces)))
            if in_pieces(pieces, shown).picture() != expected:
                found.append((number, text, pieces))
    return found


def in_pieces(pieces: list[str], shown: float) -> Written:
    """Written piece by piece; `shown`: how many of them, of 1, are followed by a refresh."""
    written = Written()
    for number, piece in enumerate(pieces):
        written.writer.append(piece)
        if int(number * shown) != int((number + 1) * shown):
            written.writer.refresh()
    return written.finish()


def test_random_documents_in_random_pieces(qapp):
    assert differing(QUICK, seed=1, refreshes=1000) == []


@pytest.mark.slow
@pytest.mark.timeout(900)  # on a busy machine; 15 s on a quiet one
@pytest.mark.parametrize("seed", range(100, 100 + BATCHES))
def test_a_hundred_thousand_pairs(qapp, seed):
    assert differing(BATCH, seed, refreshes=REFRESHES, lines=8) == []


def test_the_documents_are_no_easy_ones():
    """Or the test above would show little."""
    text = "\n".join(random_markdown(random.Random(number)) for number in range(500))
    wanted = (
        "\r\n",
        "```py",
        "|---|",
        "> ",
        "- [x]",
        "$$",
        "[^1]:",
        "中文",
        "שלום",
        "\u202e",
        "[foo]: ",
        "\t",
        "**open",
    )
    assert [piece for piece in wanted if piece not in text] == []
    sizes = [len(list(random_pieces(random.Random(number), "x" * 400))) for number in range(50)]
    assert min(sizes) < 5 < 100 < max(sizes)
    assert all(a != b for a, b in itertools.pairwise(random_markdown(random.Random(n)) for n in range(20)))
