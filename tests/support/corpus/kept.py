"""Files by programs that no test can start. `files/README.md` says how they were made."""

from __future__ import annotations

from pathlib import Path

from tests.support.corpus.entry import Entry

FOLDER = Path(__file__).parent / "files"


def entries() -> list[Entry]:
    """All of them."""
    return []
