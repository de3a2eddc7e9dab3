"""Jupyter notebooks: texts, code and what it printed and drew."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

from desktop_helper.attachments import _errors, _office, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._encoding import decode
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

MAX_OUTPUT = 10_000
_DRAWN = ("image/", *(f"application/vnd.{one}" for one in ("plotly", "vega", "bokeh", "jupyter.widget-view")))
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CELLS = re.compile(rb'\A\s*\{\s*"(?:cells|metadata|nbformat|worksheets)"\s*:')


def _matches(head: bytes, name: str) -> bool:
    if name.lower().endswith(".ipynb"):
        return bool(head) and b"\0" not in head
    return bool(_CELLS.match(head)) and b'"cell_type"' in head


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    return _tell(data, name, Document(name, options, source=data))


def _tell(data: bytes, name: str, document: Document) -> tuple[MediaPart, ...]:
    text = decode(data, name)
    return _office.guarded(name, lambda: _read(text, document))


def _read(text: str, document: Document) -> tuple[MediaPart, ...]:
    notebook = json.loads(text)
    sheets = notebook.get("worksheets", [notebook])  # as version 3 had them
    language = str(notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python"))[:30]
    for number, cell in enumerate((cell for sheet in sheets for cell in sheet["cells"]), 1):
        document.begin(tr("cell {number}", number=number), alone=False)
        source = _joined(cell.get("source", cell.get("input", "")))
        if cell["cell_type"] == "code":
            document.text(f"```{language}\n{source}\n```" if source.strip() else "")
            for output in cell.get("outputs", []):
                _output(output, document, number)
        else:
            level = "#" * min(6, int(cell.get("level", 1))) + " " if cell["cell_type"] == "heading" else ""
            document.text(level + source)
            for one in cell.get("attachments", {}).values():
                _pictures(one, document)
    return document.parts()


def _output(output: dict[str, Any], document: Document, number: int) -> None:
    bundle = output.get("data", output)
    if _is_unseen(bundle):
        document.omitted.unread(tr("what cell {number} has drawn", number=number))
    if not _pictures(bundle, document):
        text = output.get("text") or bundle.get("text/plain") or output.get("traceback") or ""
        lines = "\n".join(map(str, text)) if "traceback" in output else _joined(text)
        said = _COLOURS.sub("", lines).strip("\n")
        if len(said) > MAX_OUTPUT:
            missing = len(said) - MAX_OUTPUT
            document.note(
                tr("A long output in {name} was cut by {count} characters.", name=document.name, count=missing)
            )
            said = said[:MAX_OUTPUT] + "…"
        document.text(f"{tr('Output')}:\n```\n{said}\n```" if said else "")


def _pictures(bundle: dict[str, Any], document: Document) -> bool:
    pictures = list(_encoded(bundle))
    for picture in pictures:
        try:
            document.picture(base64.b64decode(picture))
        except binascii.Error:
            document.picture(b"")  # said to be left out
    return bool(pictures)


def _is_unseen(bundle: dict[str, Any]) -> bool:
    """Whether it is drawn, but not as a picture that is read here: its text only says what it is."""
    return not any(_encoded(bundle)) and any(kind.startswith(_DRAWN) for kind in bundle)


def _encoded(bundle: dict[str, Any]) -> Iterator[str]:
    for kind in ("image/png", "image/jpeg", "image/gif", "png", "jpeg"):
        if kind in bundle:
            yield _joined(bundle[kind])
            return


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


HANDLER = AttachmentHandler(
    name="ipynb",
    title=lambda: tr("notebooks"),
    suffixes=(".ipynb",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_parts.texts(_tell),
)
