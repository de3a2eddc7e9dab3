"""Which handler reads a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_helper.attachments import image, pdf, text
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


@pytest.mark.parametrize("name", ["a.mp4", "a.docx", "a"])
def test_an_unknown_kind_is_refused_with_those_that_work(name: str) -> None:
    with pytest.raises(HelperError) as caught:
        choose(HANDLERS, b"\0\0\0\x18ftypmp42\0", name)
    assert caught.value.message == f"{name} is not a kind of file that can be read here."
    assert caught.value.fix == "These kinds can be attached: image, pdf, text."


def test_a_handler_that_does_not_work_here_says_why() -> None:
    off = replace(pdf.HANDLER, availability=lambda: Availability(ok=False, reason="No PDF here.", fix="Get one."))
    with pytest.raises(HelperError) as caught:
        choose((off, text.HANDLER), b"%PDF-1.7", "a.pdf")
    assert str(caught.value) == "a.pdf cannot be read: No PDF here. Get one."
