"""Diagrams of Word and PowerPoint: what stands in their shapes is told where they are."""

from __future__ import annotations

import re

import pytest

from desktop_helper.attachments import docx, pptx
from desktop_helper.core.messages import FilePart, is_note
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from tests.support import office_files

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHAPES = "".join(
    f"<d:pt><d:t><a:bodyPr/><a:p><a:r><a:t>{begin}</a:t></a:r><a:r><a:t>{end}</a:t></a:r></a:p></d:t></d:pt>"
    for begin, end in (("Sow", " barley"), ("Reap", " it"), ("", ""))
)
DATA = f'<d:dataModel xmlns:d="{DGM}" xmlns:a="{A}"><d:ptLst>{SHAPES}</d:ptLst></d:dataModel>'.encode()
FRAME = (
    f'<a:graphic xmlns:a="{A}"><a:graphicData uri="{DGM}">'
    f'<d:relIds xmlns:d="{DGM}" xmlns:r="{R}" r:dm="rIdDm"/></a:graphicData></a:graphic>'
)


def with_diagram(data: bytes, part: str, behind: bytes, inside: str, diagram: bytes = DATA) -> bytes:
    """The file with a diagram in one of its parts, `inside` of what belongs around it there."""
    folder, _slash, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    members = office_files.members(data)
    related = f'<Relationship Id="rIdDm" Type="{R}/diagramData" Target="/x/data1.xml"/></Relationships>'.encode()
    written, links = members[part], members[relations]
    assert isinstance(written, bytes)
    assert isinstance(links, bytes)
    at = re.search(re.escape(behind), written)
    assert at is not None
    written = written[: at.end()] + inside.replace("@", FRAME).encode() + written[at.end() :]
    links = links.replace(b"</Relationships>", related)
    return office_files.zipped({**members, part: written, relations: links, "x/data1.xml": diagram})


def slide(diagram: bytes = DATA) -> bytes:
    return with_diagram(
        office_files.pptx(), "ppt/slides/slide1.xml", b"<p:grpSpPr/>", "<p:graphicFrame>@</p:graphicFrame>", diagram
    )


def letter(diagram: bytes = DATA) -> bytes:
    around = f'<w:p xmlns:w="{W}"><w:r><w:t>It goes like this:</w:t><w:drawing>@</w:drawing></w:r></w:p>'
    return with_diagram(office_files.docx(), "word/document.xml", b"<w:body>", around, diagram)


def told(handler: AttachmentHandler, data: bytes, name: str) -> tuple[str, str]:
    """What is sent, and what is said of it."""
    parts = [one for one in handler.convert(data, name, ConvertOptions()) if isinstance(one, FilePart)]
    words, notes = ("\n".join(one.text for one in parts if is_note(one) is wanted) for wanted in (False, True))
    return words, notes


def test_a_diagram_on_a_slide_is_told() -> None:
    said, _notes = told(pptx.HANDLER, slide(), "a.pptx")
    assert "- Sow barley\n- Reap it\n\n" in said
    assert said.index("Zebra plan") < said.index("Sow barley")


def test_a_diagram_in_a_letter_is_told_in_its_place() -> None:
    said, _notes = told(docx.HANDLER, letter(), "a.docx")
    assert said.startswith("It goes like this:\n- Sow barley\n- Reap it\n\n# Quarterly report")


@pytest.mark.parametrize(
    ("handler", "name", "make", "what"),
    [(pptx.HANDLER, "a.pptx", slide, "diagrams on slide 1"), (docx.HANDLER, "a.docx", letter, "diagrams")],
)
def test_a_damaged_one_is_said(handler: AttachmentHandler, name: str, make, what: str) -> None:
    said, notes = told(handler, make(b"<d:dataModel"), name)
    assert "Sow" not in said
    assert f"Parts of {name} cannot be read and were left out: {what}." in notes
