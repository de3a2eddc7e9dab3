"""How long things are kept. The functions with a connection work inside the transaction that their caller began.

A conversation from a file is as old as its import: somebody who brings in one of last year wants to have it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

    from desktop_helper.services.settings import HistorySettings

_DAY_S = 86400.0
_BACKUP_DAYS = 30
_OLD = "max(updated, ifnull(imported, updated)) < ? AND NOT pinned"


def apply(connection: Connection, rules: HistorySettings) -> list[str]:
    """Put what is old enough into the trash, and let go of old media. Returns blobs that may now be unused."""
    now = time.time()
    if rules.keep_days:
        connection.execute(
            f"UPDATE conversations SET trashed = ? WHERE trashed IS NULL AND {_OLD}",
            (now, now - rules.keep_days * _DAY_S),
        )
    return _drop_media(connection, now - rules.keep_media_days * _DAY_S) if rules.keep_media_days else []


def expired(connection: Connection) -> list[int]:
    """What has been in the trash for a day."""
    rows = connection.execute("SELECT id FROM conversations WHERE trashed < ?", (time.time() - _DAY_S,))
    return [conversation_id for (conversation_id,) in rows]


def remove_old_backups(path: Path) -> None:
    """Copies of the file at `path` that were made before its tables were changed, when they are a month old."""
    oldest = time.time() - _BACKUP_DAYS * _DAY_S
    for backup in path.parent.glob(f"{path.stem}.backup-v*{path.suffix}"):
        with suppress(OSError):  # another process was quicker; one that stays is looked at next time
            if backup.stat().st_mtime < oldest:
                backup.unlink()


def _drop_media(connection: Connection, before: float) -> list[str]:
    """In conversations that changed last before then and are not pinned. Their words stay, also those of pictures."""
    old = f"SELECT id FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE {_OLD})"
    found = f"WHERE sha256 IS NOT NULL AND message_id IN ({old})"
    dropped = connection.execute(f"SELECT DISTINCT sha256 FROM parts {found}", (before,)).fetchall()
    if dropped:
        connection.execute(f"UPDATE parts SET sha256 = NULL {found}", (before,))
        connection.execute(f"UPDATE conversations SET thumbnail = NULL WHERE {_OLD}", (before,))
    return [sha256 for (sha256,) in dropped]
