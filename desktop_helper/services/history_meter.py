"""How much room the history takes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.services.history_records import Storage

if TYPE_CHECKING:
    from sqlite3 import Connection


def measure(connection: Connection, path: Path) -> Storage:
    """Reads an index of all media: not for the UI thread."""
    listed, trashed, messages = connection.execute(
        "SELECT count(*) FILTER (WHERE trashed IS NULL AND messages > 0), count(trashed), coalesce(sum(messages), 0)"
        " FROM conversations"
    ).fetchone()
    rows = connection.execute(
        "SELECT kind, count(*), coalesce(sum(size), 0) FROM"
        " (SELECT min(kind) AS kind, max(size) AS size FROM parts WHERE sha256 IS NOT NULL GROUP BY sha256)"
        " GROUP BY kind"
    )
    media = {kind: (count, size) for kind, count, size in rows}
    pictures, files = media.get("image", (0, 0)), media.get("file", (0, 0))
    logs = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
    backups = path.parent.glob(f"{path.stem}.backup-v*{path.suffix}")
    return Storage(listed, trashed, messages, sum(map(_size, logs)), *pictures, *files, sum(map(_size, backups)))


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
