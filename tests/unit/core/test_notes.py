"""Notes that say how a file goes are told from those that say that something is missing."""

from __future__ import annotations

from desktop_helper.core import documents
from desktop_helper.core.documents import ChosenBy, Reference, is_fact, reference_of, renamed, unreferred
from desktop_helper.core.messages import CLIP_MIME, NOTE_MIME, FilePart
from desktop_helper.core.notes import note

DIGEST = "a" * 64


def test_only_what_is_marked_is_a_fact() -> None:
    assert is_fact(note("a.pdf", "In two parts.", fact=True))
    assert not is_fact(note("a.pdf", "Only the first page."))
    assert is_fact(FilePart(b"video", CLIP_MIME, "a.mp4", "All of it."))
    for data in (b"{", b"{}", b'{"fact": 1}', b"[1]", b'{"fact": [', b""):
        assert not is_fact(FilePart(data, NOTE_MIME, "a.pdf", "x"))
    assert not is_fact(FilePart(b'{"fact": true}', "application/json", "a.json", '{"fact": true}'))


def test_that_other_pages_will_be_chosen_is_a_fact() -> None:
    for by in (ChosenBy.HABIT, ChosenBy.QUESTION):
        assert is_fact(documents.note("a.pdf", "x", Reference(DIGEST, "a.pdf", 9, (1,), by)))
    chosen = Reference(DIGEST, "a.pdf", 9, (1,), ChosenBy.USER)
    assert not is_fact(documents.note("a.pdf", "There is no page 12.", chosen))
    marked = documents.note("a.pdf", "As chosen.", chosen, fact=True)
    assert is_fact(marked)
    assert reference_of(marked) == chosen
    assert is_fact(renamed(marked, lambda name: f"folder/{name}"))
    assert is_fact(unreferred(marked))
    assert not is_fact(unreferred(documents.note("a.pdf", "Only the first.", Reference(DIGEST, "a.pdf", 9, (1,)))))
