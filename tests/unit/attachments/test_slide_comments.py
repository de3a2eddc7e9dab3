"""Remarks on slides are told with the slides that they are about, whichever program wrote them."""

from __future__ import annotations

from io import BytesIO

import pytest
from pptx import Presentation
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI

from desktop_helper.attachments import pptx
from desktop_helper.attachments._slide_comments import MOST
from desktop_helper.core.messages import FilePart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files

MAIN = 'xmlns="http://schemas.openxmlformats.org/presentationml/2006/main"'
OLD = (
    f'<cmLst {MAIN}><cm authorId="1"><pos x="1" y="2"/><text>Too long,\nshorten it.</text></cm>'
    '<cm authorId="9"><text>Who said so?</text></cm></cmLst>'
)
AUTHORS = f'<cmAuthorLst {MAIN}><cmAuthor id="1" name="Ann Smith" initials="AS"/></cmAuthorLst>'
BODY = '<txBody><a:p xmlns:a="b"><a:r><a:t>{}</a:t></a:r></a:p></txBody>'
REPLIES = f"<x:replyLst><x:reply>{BODY.format('Done.')}</x:reply></x:replyLst>"
NEW = f'<x:cmLst xmlns:x="n" {MAIN}><x:cm authorId="7">{REPLIES}{BODY.format("Why blue?")}</x:cm></x:cmLst>'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
NEW_KINDS = "http://schemas.microsoft.com/office/2018/10/relationships/comments"


def show(comments: str, kind: str = KINDS) -> bytes:
    """Two slides, with comments on the second one."""
    made = Presentation()
    slides = [made.slides.add_slide(made.slide_layouts[5]) for _ in range(2)]
    for number, slide in enumerate(slides, 1):
        slide.shapes.title.text = f"Title {number}"
    package = made.part.package
    part = Part(PackURI("/ppt/comments/comment1.xml"), "application/xml", package, comments.encode())
    slides[1].part.relate_to(part, kind)
    authors = Part(PackURI("/ppt/commentAuthors.xml"), "application/xml", package, AUTHORS.encode())
    made.part.relate_to(authors, kind.replace("comments", "commentAuthors"))
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def text(data: bytes) -> str:
    parts = pptx.HANDLER.convert(data, "a.pptx", ConvertOptions())
    return "\n".join(part.text for part in parts if isinstance(part, FilePart))


def test_older_programs_have_them_with_their_authors() -> None:
    said = text(show(OLD))
    assert said.endswith("Title 2\n\nComments:\n\n- Ann Smith: Too long, shorten it.\n- Who said so?")


def test_newer_ones_have_answers() -> None:
    assert text(show(NEW, NEW_KINDS)).endswith("Comments:\n\n- Why blue?\n- Done.")


@pytest.mark.parametrize("comments", ["<broken", f"<cmLst {MAIN}/>"])
def test_without_any_the_slides_are_what_they_were(comments: str) -> None:
    said = text(show(comments))
    assert said.endswith("Title 2")
    assert ("left out" in said) is (comments == "<broken")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
@pytest.mark.parametrize(("comments", "kind"), [(OLD, KINDS), (NEW, NEW_KINDS)])
def test_those_that_are_cut_off_are_told_with_their_slide(comments: str, kind: str, share: float) -> None:
    said = text(show(comments[: int(len(comments) * share)], kind))
    assert "Parts of a.pptx cannot be read and were left out: comments on slide 2." in said
    assert said.endswith("Title 2")


def test_without_their_authors_they_are_still_told() -> None:
    damaged = office_files.replaced(show(OLD), "ppt/commentAuthors.xml", AUTHORS[:60].encode())
    said = text(damaged)
    assert "left out: who wrote the comments." in said
    assert said.endswith("Comments:\n\n- Too long, shorten it.\n- Who said so?")


def test_more_than_go_is_told() -> None:
    many = "".join(f'<cm authorId="1"><text>remark {number}</text></cm>' for number in range(MOST + 3))
    said = text(show(f"<cmLst {MAIN}>{many}</cmLst>"))
    assert said.count("remark ") == MOST
    assert f"a.pptx holds more than goes; left out: comments on slide 2 after the first {MOST}." in said


def test_a_slide_that_is_not_there_is_told() -> None:
    said = text(office_files.without(show(OLD), "ppt/slides/slide1.xml"))
    assert "left out: slide 1." in said
    assert "Title 2" in said
