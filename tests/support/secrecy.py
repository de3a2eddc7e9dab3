"""Where a key could have been left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path


def places_with(secret: str, folder: Path, said: Mapping[str, str]) -> list[str]:
    """The files below `folder`, and the texts by name, that hold `secret`, also in part or in another spelling."""
    marks = [mark.encode() for mark in _spellings(secret)]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    texts = files | {name: text.encode() for name, text in said.items()}
    return sorted(name for name, data in texts.items() if any(mark in data for mark in marks))


def _spellings(secret: str) -> Iterator[str]:
    import base64
    import urllib.parse

    yield secret
    yield secret[-12:]  # an error that shows the end of it tells too much
    yield urllib.parse.quote(secret, safe="")
    yield base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]
