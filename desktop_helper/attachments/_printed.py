"""The pages that LibreOffice makes of a document, as a PDF that can be looked at page by page."""

from __future__ import annotations

from desktop_helper.attachments import _faithful, _office, rtf

STARTS = (_office.ZIP, _office.OLE2, rtf.START)  # of the kinds whose pages only LibreOffice knows


def as_pdf(data: bytes, name: str) -> bytes:
    """The same pages, with the same numbers, as those that would be sent. Raises `HelperError(SOURCE)`."""
    return _office.guarded(name, lambda: _as_pdf(data, name))


def _as_pdf(data: bytes, name: str) -> bytes:
    return _faithful.as_pdf(rtf.source(data, name) if data.startswith(rtf.START) else _office.reading(data, name))
