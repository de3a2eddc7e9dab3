"""All entries of all modules."""

from __future__ import annotations

from tests.support.corpus import films, kept, office, papers, pictures, texts
from tests.support.corpus.entry import Entry


def entries() -> list[Entry]:
    """Some 230; making the files themselves is left to whoever wants them."""
    return [entry for module in (pictures, papers, office, kept, texts, films) for entry in module.entries()]
