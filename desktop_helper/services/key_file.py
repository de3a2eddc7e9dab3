"""The file for API keys of users who have no keyring and asked for one. Mode 0600, not encrypted, and it says so."""

from __future__ import annotations

import json
import os
import threading
import tomllib
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.storage_errors import storage_error

_HEADER = "# API keys of Desktop Helper. NOT ENCRYPTED: whoever can read this file can use them.\n\n"


class KeyFile:
    """A flat TOML table of profile name = key. The file exists only while it holds a key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, name: str) -> str:
        """The key, or an empty string. Raises `HelperError` if the file is there but cannot be read."""
        with self._lock:
            return self._read().get(name, "")

    def put(self, name: str, key: str) -> None:
        """Add or replace a key. Raises `HelperError(STORAGE)`."""
        with self._lock:
            self._write(self._read() | {name: key})

    def remove(self, name: str) -> None:
        """Forget a key. Raises `HelperError(STORAGE)` if the file cannot be changed."""
        with self._lock:
            keys = self._read()
            if keys.pop(name, None) is not None:
                self._write(keys)

    def _read(self) -> dict[str, str]:
        try:
            if os.name == "posix" and self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)
            table = tomllib.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise storage_error(self._path, error) from None
        except ValueError:  # Also TOMLDecodeError and UnicodeDecodeError, whose texts could quote a key.
            raise HelperError(
                ErrorKind.CONFIG,
                tr("The key file {path} cannot be read: it is not valid TOML.", path=self._path),
                tr("Delete the file and enter the key again."),
            ) from None
        return {name: key for name, key in table.items() if isinstance(key, str)}

    def _write(self, keys: dict[str, str]) -> None:
        # A JSON string without escaped surrogates is a TOML basic string, but for the raw DEL character.
        lines = [f"{_quoted(name)} = {_quoted(key)}\n" for name, key in sorted(keys.items())]
        try:
            if lines:
                write_atomically(self._path, (_HEADER + "".join(lines)).encode())
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(self._path, error) from None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
