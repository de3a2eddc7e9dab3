"""What is said of pictures: one in full detail is told from pages, from a folder of them, and from a video."""

from __future__ import annotations

from desktop_helper.core.clips import are_one_video
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Moment
from desktop_helper.services.budget import Item, Kind
from desktop_helper.services.picture_words import is_in_parts, what_was_made_smaller

NOTE = FilePart(b"", NOTE_MIME, "a note", "a note")
LIST = FilePart(b"", "text/plain", "project, files in it", "a.png")


def picture(name: str, full: tuple[int, int] | None = None, moment: Moment | None = None) -> ImagePart:
    return ImagePart(b"", "image/png", 700, 500, name, 450, moment, full)


LARGE = picture("a.png", (4000, 3000))


def test_a_picture_in_full_detail_is_all_of_it_and_its_parts() -> None:
    whole = picture("a.png, all of it", (4000, 3000))
    parts: list[MediaPart] = [NOTE, whole, picture("a.png, part 1 of 2"), picture("a.png, part 2 of 2")]
    assert is_in_parts(parts)
    assert what_was_made_smaller(parts) is None


def test_large_pictures_of_a_folder_are_no_parts_of_one() -> None:
    several: list[MediaPart] = [NOTE, LIST, LARGE, picture("b.png", (4000, 3000)), picture("c.png")]
    assert not is_in_parts(several)
    assert not is_in_parts([NOTE, LARGE, picture("b.png", (4000, 3000))])


def test_large_pages_are_no_parts_of_one() -> None:
    pages = [picture(f"scan.tif, page {number} of 2", (4000, 3000) if number == 1 else None) for number in (1, 2)]
    assert not is_in_parts(pages)
    assert Item("scan.tif", tuple(pages)).kind is Kind.PAGES


def test_only_a_picture_that_is_alone_can_go_in_more_detail() -> None:
    assert what_was_made_smaller([LARGE]) is LARGE
    assert what_was_made_smaller([NOTE, LARGE]) is LARGE
    assert what_was_made_smaller([NOTE, LIST, LARGE]) is None
    assert what_was_made_smaller([FilePart(b"", "text/plain", "a.docx", "words"), LARGE]) is None


def test_a_folder_with_a_video_is_no_video() -> None:
    frame = picture("film.mp4, 0:00.5", moment=Moment("film.mp4", 0.5, 3.0, 30))
    words = FilePart(b"", "text/vtt", "Subtitles of film.mp4", "words")
    assert are_one_video([NOTE, frame, words])
    assert not are_one_video([NOTE, LIST, NOTE, frame])
    assert not are_one_video([NOTE, LARGE, frame])
    assert not are_one_video([NOTE])
    assert Item("project", (NOTE, LIST, frame, LARGE)).what().startswith("2 pictures")
