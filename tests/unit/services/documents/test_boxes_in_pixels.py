"""A model that counts pixels gets the place that it means, though what it saw was smaller than the picture is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.image_tokens import read_size
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.services.documents.library import Documents
from desktop_helper.services.documents.subject import ConversationSubject
from desktop_helper.tools.zoom import TOOL
from tests.support.pdf_library import HereConverter, library

COUNTS = {"boxes": "pixels"}
PROFILE = ModelProfile("q", "own", "openai_compatible", "Q", "q", "https://x", max_image_tokens=700, quirks=COUNTS)
RED = (200, 20, 20)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Documents, HereConverter]]:
    documents, converter, _reader = library(tmp_path / "cache")
    yield documents, converter
    documents.close()


def subject_of(
    opened: tuple[Documents, HereConverter], *messages: Message, profile: ModelProfile = PROFILE
) -> ConversationSubject:
    return ConversationSubject(opened[0], opened[1], profile, messages, 4_000)  # type: ignore[arg-type]


def is_red(picture: ImagePart) -> np.ndarray:
    pixels = np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")).astype(int)
    return np.abs(pixels - RED).sum(axis=2) < 90


def as_a_model_sees_it(picture: ImagePart) -> list[float]:
    """Where the red box is in what was sent, in pixels of what a model makes of that."""
    rows, columns = np.nonzero(is_red(picture))
    sent = picture.width, picture.height
    across, down = (read / side for read, side in zip(read_size(*sent), sent, strict=True))
    return [columns.min() * across, rows.min() * down, (columns.max() + 1) * across, (rows.max() + 1) * down]


def grown(box: list[float], share: float) -> list[float]:
    width, height = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    return [box[0] - width, box[1] - height, box[2] + width, box[3] + height]


def zoomed(subject: ConversationSubject, box: list[float], **where: int) -> np.ndarray:
    tool = TOOL.offer(subject)
    assert tool is not None
    (picture,) = tool.run({"area": box, **where}, CancelToken()).media
    assert isinstance(picture, ImagePart)
    return is_red(picture)


@pytest.mark.parametrize("size", [(2600, 1700), (1111, 3007), (300, 200)])
def test_of_a_picture(opened: tuple[Documents, HereConverter], size: tuple[int, int]) -> None:
    drawn = Image.new("RGB", size, "white")
    box = [round(share * side) for share, side in zip((0.62, 0.2, 0.83, 0.45), (*size, *size), strict=True)]
    ImageDraw.Draw(drawn).rectangle((*box[:2], box[2] - 1, box[3] - 1), fill=RED)
    file = io.BytesIO()
    drawn.save(file, "PNG")
    (sent,) = opened[1].convert_bytes(file.getvalue(), "a.png", ConvertOptions(PROFILE.max_image_tokens))
    assert isinstance(sent, ImagePart)
    assert ((sent.width, sent.height) != size) is (size != (300, 200))
    message = Message(Role.USER, (sent, TextPart("Where?")))
    subject = subject_of(opened, message)
    seen = as_a_model_sees_it(sent)
    assert zoomed(subject, seen).mean() > 0.95
    assert zoomed(subject, grown(seen, 0.5)).mean() == pytest.approx(0.25, abs=0.03)
    thousandths = subject_of(opened, message, profile=replace(PROFILE, quirks={}))
    assert zoomed(thousandths, [620, 200, 830, 450]).mean() > 0.95


def test_of_a_page_that_a_tool_has_shown(opened: tuple[Documents, HereConverter], tmp_path: Path) -> None:
    with pymupdf.open() as document:
        for number in range(60):
            page = document.new_page(width=420, height=595)
            page.insert_text((40, 40), f"Page {number + 1}. " + "Words. " * 9)
            page.draw_rect((210, 100, 315, 300), fill=[part / 255 for part in RED], width=0)
        document.save(tmp_path / "a.pdf")
    parts = opened[1].convert_file(tmp_path / "a.pdf", ConvertOptions(200, max_video_tokens=600))
    (reference,) = references(parts)
    subject = subject_of(opened, Message(Role.USER, (*parts, TextPart("Where?"))))
    with pytest.raises(HelperError, match="have not seen that page"):
        zoomed(subject, [0, 0, 100, 100], page=50)
    _texts, (shown,) = subject.read(reference, [50], CancelToken(), drawn=True)
    seen = as_a_model_sees_it(shown)
    assert zoomed(subject, seen, page=50).mean() > 0.95
    assert zoomed(subject, grown(seen, 0.5), page=50).mean() == pytest.approx(0.25, abs=0.03)
    later = subject_of(opened, Message(Role.USER, parts), Message(Role.TOOL, (shown,)))
    assert later.read_size(reference, 50) == subject.read_size(reference, 50) == read_size(shown.width, shown.height)
