"""Where a key could have been left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path


def places_with(secret: str, folder: Path, said: Mapping[str, str]) -> list[str]:
    """The files below `folder`, by content or by name, and the texts by name, that hold `secret`.

    Also in part or in another spelling.
    """
    marks = list(_spellings(secret))
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    texts = files | {name: text.encode() for name, text in said.items()}
    return sorted(name for name, data in texts.items() if any(mark in data or mark in name.encode() for mark in marks))


def _spellings(secret: str) -> Iterator[bytes]:
    import base64
    import urllib.parse

    known = secret.encode()
    yield known
    yield known[:12]  # an error that shows the begin or the end of it tells too much
    yield known[-12:]
    yield urllib.parse.quote(secret, safe="").encode()
    yield known.hex().encode()
    yield secret.encode("utf-16-le")
    for before in (b"", b"0", b"00"):  # inside of something longer, such as a whole header
        yield base64.b64encode(before + known)[4 if before else 0 : -4]
