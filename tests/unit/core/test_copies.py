"""A large document that is attached twice goes once, and that is said."""

from __future__ import annotations

from desktop_helper.core.copies import once, once_each
from desktop_helper.core.documents import ChosenBy, Reference, Unit, note, says_what_is_missing
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note

DIGEST = "a" * 64


def document(name: str, digest: str = DIGEST, by: ChosenBy = ChosenBy.HABIT, pages: int = 2) -> tuple[MediaPart, ...]:
    shown = [ImagePart(b"%d" % page, "image/png", 28, 28, f"{name}, page {page} of 90", 1) for page in range(pages)]
    layer = FilePart(b"", "text/plain", f"{name}, text of the pages", "words")
    return (note(name, "Only the first.", Reference(digest, name, 90, (1, 2), by)), *shown, layer)


PICTURE = ImagePart(b"x", "image/png", 28, 28, "shot.png", 1)


def test_the_second_copy_is_a_word_about_the_first() -> None:
    first, second = document("manual.pdf"), document("copy of it.pdf")
    media = once((*first, PICTURE, *second, PICTURE))
    assert media[: len(first) + 1] == (*first, PICTURE)
    said, picture = media[len(first) + 1 :]
    assert picture is PICTURE
    assert isinstance(said, FilePart)
    assert is_note(said)
    assert not says_what_is_missing(said)
    assert said.text == "copy of it.pdf is the same file as manual.pdf, so it does not go twice."
    assert once(media) == media


def test_one_that_is_attached_twice_under_its_name() -> None:
    groups = once_each([("manual.pdf", document("manual.pdf")), ("manual.pdf", document("manual.pdf"))])
    assert groups[0] == ("manual.pdf", document("manual.pdf"))
    ((said,),) = [parts for _name, parts in groups[1:]]
    assert isinstance(said, FilePart)
    assert said.text == "manual.pdf is attached twice; it goes once."


def test_others_and_what_the_user_chose_stay() -> None:
    for media in (
        (*document("a.pdf"), *document("b.pdf", "b" * 64)),
        (*document("a.pdf"), *document("a.pdf", by=ChosenBy.USER)),
        (*document("a.pdf", by=ChosenBy.USER), *document("a.pdf", by=ChosenBy.USER)),
        (PICTURE, PICTURE),
    ):
        assert once(media) == media


def test_of_a_folder_its_tree_and_the_texts_are_taken_out() -> None:
    reference = Reference(DIGEST, "plant", 1, (), unit=Unit.PART, holds=1)
    listing, text = (FilePart(b"", "text/plain", name, "x") for name in ("plant, files in it", "a.txt"))
    folder = (listing, PICTURE, note("plant", "1 of 2", reference), text)
    first, again = once((*folder, *folder))[:4], once((*folder, *folder))[4:]
    assert first == folder
    assert [part.name for part in again] == ["shot.png", "plant"], "neither the names of its files nor their texts"
    assert [part.name for part in once(folder, folder)] == ["shot.png", "plant"]


def test_one_that_came_with_an_earlier_question_is_not_sent_again() -> None:
    (said,) = once(document("copy.pdf"), document("manual.pdf", by=ChosenBy.QUESTION))
    assert isinstance(said, FilePart)
    assert said.text == "copy.pdf is attached to an earlier question already."
    by_hand = document("manual.pdf", by=ChosenBy.USER)
    assert once(document("manual.pdf"), by_hand) == document("manual.pdf"), "of it nothing would be added"
