"""What every attachment handler promises, whatever it is given.

A new handler is covered as soon as its file exists, and better with a small sound file in `tests/samples`, called after
the handler (`subtitles.srt`): without one, what needs a sound file is skipped.
"""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core import registry
from desktop_helper.core.availability import Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.image_tokens import MAX_BYTES, image_tokens, padded_size
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from tests.support import clip_files, office_files, page_files, sample_files

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))

SOUND = {
    "image": sample_files.picture(200, 120),
    "pdf": sample_files.pdf(2),
    "text": "Hello, 世界\n".encode(),
    "docx": office_files.docx(),
    "xlsx": office_files.xlsx(),
    "pptx": office_files.pptx(),
    "odf": page_files.odt(),
    "csv": page_files.CSV,
    "html": page_files.HTML,
    "ipynb": page_files.ipynb(),
    "eml": page_files.eml(),
    "epub": page_files.epub(),
    "rtf": page_files.RTF,
    "archive": office_files.zipped({"notes/name.txt": b"words", "dot.png": sample_files.picture()}),
    "gzip": gzip.compress(b"12:00 started\n" * 40, mtime=0),
    "video": clip_files.clip("mkv"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="50" height="20"/></svg>',
}
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
BUDGETS = (8, 300, 6144)


def sound_file(handler: AttachmentHandler) -> bytes:
    """A file that `handler` must be able to read."""
    path = SAMPLES / f"{handler.name}{handler.suffixes[0]}"
    if handler.name not in SOUND and not path.is_file():
        pytest.skip(f"there is no tests/samples/{path.name}")
    return SOUND[handler.name] if handler.name in SOUND else path.read_bytes()


def check_parts(parts: tuple[MediaPart, ...], budget: int) -> None:
    """Parts that any backend can send."""
    assert parts
    for part in parts:
        assert part.name
        if isinstance(part, ImagePart):
            image = sample_files.decoded(part.data)
            assert image.size == (part.width, part.height)
            assert image.format == {"image/png": "PNG", "image/jpeg": "JPEG"}[part.mime]
            assert part.tokens == image_tokens(part.width, part.height) <= budget
            assert padded_size(*image.size) == image.size
            assert len(part.data) <= MAX_BYTES
        else:
            assert isinstance(part, FilePart)
            part.text.encode()


def convert(handler: AttachmentHandler, data: bytes, budget: int = 6144) -> HelperError | None:
    """Convert `data`; the error, if the handler refused it as it should."""
    try:
        parts = handler.convert(data, f"name{handler.suffixes[0]}", ConvertOptions(budget))
    except HelperError as error:
        check_refusal(error)
        return error
    check_parts(parts, budget)
    return None


def check_refusal(error: HelperError) -> None:
    """One sentence that names the file."""
    assert error.kind is ErrorKind.SOURCE
    assert "\n" not in error.message
    assert error.message.endswith(".")
    assert "name" in error.message


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.name)
class TestRegisteredHandlers:
    """All of them."""

    def test_declares_itself(self, handler: AttachmentHandler) -> None:
        assert handler.name
        assert handler.suffixes
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in handler.suffixes)
        assert isinstance(handler.availability(), Availability)

    def test_refuses_nothing_at_all(self, handler: AttachmentHandler) -> None:
        assert convert(handler, b"") is not None
        assert handler.matches(b"", "name") is False

    @pytest.mark.parametrize("budget", BUDGETS)
    def test_reads_its_own_kind_within_the_budget(self, handler: AttachmentHandler, budget: int) -> None:
        sound = sound_file(handler)
        assert handler.matches(sound[:4096], f"name{handler.suffixes[0]}")
        assert convert(handler, sound, budget) is None

    @settings(max_examples=25)
    @given(data=st.binary(max_size=3000))
    def test_survives_rubbish(self, handler: AttachmentHandler, data: bytes) -> None:
        handler.matches(data[:4096], "name")
        convert(handler, data)

    @settings(max_examples=20)
    @given(share=st.floats(0, 1))
    def test_survives_a_file_that_breaks_off(self, handler: AttachmentHandler, share: float) -> None:
        sound = sound_file(handler)
        convert(handler, sound[: int(len(sound) * share)])

    @settings(max_examples=25)
    @given(seed=st.integers(0, 2**32))
    def test_survives_a_file_with_wrong_bytes(self, handler: AttachmentHandler, seed: int) -> None:
        chance = random.Random(seed)
        broken = bytearray(sound_file(handler))
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        convert(handler, bytes(broken))


def test_every_sample_belongs_to_a_handler() -> None:
    names = {handler.name for handler in HANDLERS}
    assert set(SOUND) <= names
    assert {path.stem for path in SAMPLES.glob("*")} <= names
