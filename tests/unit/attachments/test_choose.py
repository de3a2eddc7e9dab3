"""Which handler reads a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_helper.attachments import image, pdf, text, video
from desktop_helper.attachments._choose import choose
from desktop_helper.core.availability import Availability
from desktop_helper.core.errors import HelperError
from tests.support.sample_files import picture

HANDLERS = (text.HANDLER, image.HANDLER, pdf.HANDLER)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (picture(), "a.png", "image"),
        (picture(), "no ending", "image"),
        (picture(), "a.txt", "image"),
        (picture(kind="JPEG"), "a.png", "image"),
        (b"%PDF-1.7 ...", "a.png", "pdf"),
        (b"not a picture", "a.PNG", "image"),
        (b"not a pdf", "a.pdf", "pdf"),
        (b"hello", "a.txt", "text"),
        (b"hello", "Makefile", "text"),
        (b"<svg/>", "a.svg", "text"),
        (b"", "a.png", "image"),
        (b"\0\0binary", "a.txt", "text"),
    ],
)
def test_content_counts_more_than_the_name(data: bytes, name: str, kind: str) -> None:
    assert choose(HANDLERS, data, name).name == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"export const a: number = 1\n", "app.ts"),
        (b"export default 1\n", "mod.mts"),
        (b"a note\n", "notes.rm"),
        (b"The free software movement\n", "a.txt"),
        (b"Use free tools.\n", "a.txt"),
        (b"int free(void *p);\n", "free.c"),
        (b"    free(p);\n", "a.c"),
        (b"Any wide table,1\n", "a.csv"),
        (b"caffeine is a drug\n", "a.txt"),
        (b"ID3 tags are old\n", "a.md"),
        (b"OggS begins a page\n", "a.md"),
        (b"FORM a line\n", "a.txt"),
    ],
)
def test_a_text_is_no_video_whatever_its_name_and_its_words(data: bytes, name: str) -> None:
    assert choose((*HANDLERS, video.HANDLER), data, name).name == "text"


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x18ftypmp42\0\0\0\0",
        b"\0\0\0\x08wide\0\0\0\0mdat",
        b"\0\0\0\1mdat\0\0\0\0",
        b"\x08\0\0\0mdat\0\0",
        b"ID3\4\0\0\0\0\0\0",
        b"OggS\0\2\0\0",
        b"G" + bytes(187) + b"G" + bytes(187) + b"G" + bytes(187) + b"G" + bytes(187) + b"G",
    ],
)
def test_a_video_needs_no_name(head: bytes) -> None:
    assert choose((*HANDLERS, video.HANDLER), head, "a.ts").name == "video"


@pytest.mark.parametrize("name", ["a.mp4", "a.docx", "a"])
def test_an_unknown_kind_is_refused_with_those_that_work(name: str) -> None:
    with pytest.raises(HelperError) as caught:
        choose(HANDLERS, b"\0\0\0\x18ftypmp42\0", name)
    assert caught.value.message == f"{name} is not a kind of file that can be read here."
    assert caught.value.fix == "What can be attached: pictures, PDF, text and code."


def test_a_handler_that_does_not_work_here_says_why() -> None:
    off = replace(pdf.HANDLER, availability=lambda: Availability(ok=False, reason="No PDF here.", fix="Get one."))
    with pytest.raises(HelperError) as caught:
        choose((off, text.HANDLER), b"%PDF-1.7", "a.pdf")
    assert str(caught.value) == "a.pdf cannot be read: No PDF here. Get one."
