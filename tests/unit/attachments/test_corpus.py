"""Files by real producers: the words, numbers and colours that are in them are in what would be sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.attachments._worker import convert_file
from tests.support.corpus.catalogue import entries
from tests.support.corpus.entry import Entry, differences

ENTRIES = entries()
# What takes longest, and is much like others that are always tried.
SLOW = (
    *("large.png", "long.docx", "many rows.xlsx", "long.csv", "long.pdf", "faded.svg", "packed.svgz", "av1.mp4"),
    *(
        "h265.mp4",
        "vp9.mkv",
        "vp8.webm",
        "full.mkv",
        "odd.mkv",
        "slow.mkv",
        "huff.avi",
        "raw.avi",
        "older.avi",
        "tape.dv",
    ),
)


def marked(entry: Entry) -> object:
    """As slow, if it is."""
    return pytest.param(entry, id=entry.title, marks=[pytest.mark.slow] if entry.name in SLOW else [])


@pytest.mark.parametrize("entry", [marked(entry) for entry in ENTRIES])
def test_what_is_in_it_is_sent(entry: Entry, tmp_path: Path) -> None:
    if entry.lacks:
        pytest.skip(f"needs {entry.lacks}")
    path = tmp_path / entry.name
    path.write_bytes(entry.make())
    assert differences(entry, convert_file(path, entry.name, entry.options)) == []


def test_the_corpus_is_large_and_mixed() -> None:
    assert len({entry.title for entry in ENTRIES}) == len(ENTRIES) >= 200
    assert len({Path(entry.name).suffix for entry in ENTRIES}) >= 60
    assert len({entry.producer for entry in ENTRIES}) >= 15
