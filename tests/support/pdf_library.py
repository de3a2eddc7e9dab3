"""Documents over files that are read in this process: what a child would do is tested with the converter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf

from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import PageReading, references
from desktop_helper.core.events import Progress
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from desktop_helper.core.text_lines import TextLine
from desktop_helper.services.documents.library import Documents


class HereConverter:
    """The part of `services.converter.Converter` that reads documents."""

    def __init__(self) -> None:
        self.on_document: Callable[..., None] = lambda *_: None
        self.batches: list[PageReading] = []

    def convert_file(
        self, path: Path, options: ConvertOptions | None = None, cancel: CancelToken | None = None, **more: Any
    ) -> tuple[MediaPart, ...]:
        return self.convert_bytes(path.read_bytes(), more.get("name") or path.name, options, cancel, at=path)

    def convert_bytes(
        self,
        data: bytes,
        name: str,
        options: ConvertOptions | None = None,
        cancel: CancelToken | None = None,
        **more: Any,
    ) -> tuple[MediaPart, ...]:
        options = options or ConvertOptions(200)
        parts = choose(_handlers(), data, name).convert(data, name, options)
        for reference in references(parts):
            self.on_document(reference, more.get("at", data), options.password)
        return parts

    def page_texts(self, source: Any, name: str, wanted: PageReading, cancel: CancelToken | None = None) -> Any:
        if cancel is not None:
            cancel.raise_if_cancelled()
        self.batches.append(wanted)
        data = source if isinstance(source, bytes) else source.read_bytes()
        page_texts = choose(_handlers(), data, name).page_texts
        assert page_texts is not None
        return page_texts(data, name, wanted)


@cache
def _handlers() -> tuple[AttachmentHandler, ...]:
    return tuple(registry.discover("desktop_helper.attachments", "HANDLER"))


class HereReader:
    """Reads each scan as the next of `texts`."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.texts = list(texts)
        self.asked = 0

    def read(
        self, data: bytes, name: str, cancel: CancelToken | None = None, on_progress: Callable[[Progress], None] = print
    ) -> tuple[TextLine, ...]:
        self.asked += 1
        text = self.texts.pop(0) if self.texts else ""
        return (TextLine(text, Rect(0, 0, 400, 20), 1.0),) if text else ()


def library(folder: Path, *scans: str) -> tuple[Documents, HereConverter, HereReader]:
    """Documents, and what reads for them."""
    converter, reader = HereConverter(), HereReader(scans)
    made: Any = Documents(folder, lambda: converter, lambda: reader)  # type: ignore[arg-type,return-value]
    converter.on_document = made.remember
    return made, converter, reader


def pdf_of(texts: Sequence[str], **saving: Any) -> bytes:
    """A page for each text; a `None`-like empty one is a scan."""
    with pymupdf.open() as document:
        for text in texts:
            page = document.new_page(width=300, height=400)
            if text:
                page.insert_textbox((20, 20, 280, 380), text, fontsize=9)
            else:
                scan = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 30, 40), False)
                scan.clear_with(200)
                page.insert_image(page.rect, pixmap=scan)
        return bytes(document.tobytes(**saving))
