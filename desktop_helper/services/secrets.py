"""API keys: the environment, the system's keyring, this session's memory, or (only if asked for) a file.

A key is never logged, never part of an error and never in a `repr`. No keyring, a locked one or one that hangs is not
an error: the key is then kept in memory until the app quits, and `Kept.explain` says so.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.services.key_file import KeyFile

SERVICE_NAME = "desktop-helper"

_Result = TypeVar("_Result")


class Kept(StrEnum):
    """Where a key is."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    MEMORY = "memory"
    FILE = "file"

    def explain(self) -> str:
        """One sentence for the user."""
        return {
            Kept.ENVIRONMENT: tr("The key comes from an environment variable."),
            Kept.KEYRING: tr("The key is kept in the system's keyring."),
            Kept.MEMORY: tr("No keyring can be used here, so the key is kept only until Desktop Helper quits."),
            Kept.FILE: tr("The key is kept in a file that only you can read, but it is not encrypted."),
        }[self]


class Secrets:
    """Keys by profile name. May be used from any thread.

    Args:
        file_path: the opt-in file for keys that are not encrypted.
        keyring_timeout_s: how long a keyring may take, the user typing its password included.
    """

    def __init__(self, file_path: Path, keyring_timeout_s: float = 60.0) -> None:
        self._file = KeyFile(file_path)
        self._timeout_s = keyring_timeout_s
        self._memory: dict[str, str] = {}
        self._lock = threading.Lock()

    def get(self, profile_name: str, env_var: str = "") -> str:
        """The key, or an empty string."""
        return self._find(profile_name, env_var)[0]

    def has_at_hand(self, profile_name: str, env_var: str = "") -> bool:
        """Whether there is a key outside the keyring, which takes its time and may ask for a password."""
        return bool(self._at_hand(profile_name, env_var)[0])

    def where(self, profile_name: str, env_var: str = "") -> Kept | None:
        """Where `get` finds the key; None if there is none."""
        return self._find(profile_name, env_var)[1]

    def set(self, profile_name: str, key: str) -> Kept:
        """Keep `key` in the keyring, or in memory if no keyring can be used. Returns which; an empty key is deleted."""
        if not key:
            self.delete(profile_name)
            return Kept.MEMORY
        stored = self._ask_keyring(lambda ring: _store(ring, profile_name, key), default=False)
        with self._lock:
            if stored:
                self._memory.pop(profile_name, None)
            else:
                self._memory[profile_name] = key
        self._file.remove(profile_name)
        return Kept.KEYRING if stored else Kept.MEMORY

    def set_in_file(self, profile_name: str, key: str) -> Kept:
        """Keep `key` unencrypted in the file, because the user said so. Raises `HelperError(STORAGE)`."""
        self._file.put(profile_name, key)
        with self._lock:
            self._memory.pop(profile_name, None)
        self._ask_keyring(lambda ring: _remove(ring, profile_name), default=None)
        return Kept.FILE

    def set_for_session(self, profile_name: str, key: str) -> Kept:
        """Keep `key` in memory only, because the user said so; what was kept elsewhere is forgotten."""
        self.delete(profile_name)
        with self._lock:
            self._memory[profile_name] = key
        return Kept.MEMORY

    def delete(self, profile_name: str) -> None:
        """Forget the key everywhere but in the environment."""
        with self._lock:
            self._memory.pop(profile_name, None)
        self._ask_keyring(lambda ring: _remove(ring, profile_name), default=None)
        self._file.remove(profile_name)

    def availability(self) -> Availability:
        """Whether the system's keyring can be used here."""
        name = self._ask_keyring(lambda ring: str(ring.name), default="")
        if name:
            return Availability(ok=True, reason=tr("Keys are kept in {keyring}.", keyring=name))
        return Availability(
            ok=False,
            reason=tr("No keyring can be used here, so keys are kept only until Desktop Helper quits."),
            fix=tr("Install and unlock GNOME Keyring or KWallet, or set the key in an environment variable."),
        )

    def _find(self, profile_name: str, env_var: str) -> tuple[str, Kept | None]:
        found = self._at_hand(profile_name, env_var)
        if found[0]:
            return found
        if key := self._ask_keyring(lambda ring: ring.get_password(SERVICE_NAME, profile_name) or "", default=""):
            return key, Kept.KEYRING
        return "", None

    def _at_hand(self, profile_name: str, env_var: str) -> tuple[str, Kept | None]:
        if env_var and (key := os.environ.get(env_var, "").strip()):
            return key, Kept.ENVIRONMENT
        with self._lock:
            # Memory comes first: it holds only what was typed later than whatever the keyring has.
            if key := self._memory.get(profile_name, ""):
                return key, Kept.MEMORY
        # Then the file: `set` removes its key, so one that is there is newer than what a keyring refused to forget.
        if key := self._file.get(profile_name):
            return key, Kept.FILE
        return "", None

    def _ask_keyring(self, question: Callable[[Any], _Result], default: _Result) -> _Result:
        """`question` asked of the keyring, or `default` if there is none, it refuses, or it does not answer in time.

        On a thread, because a keyring may wait for ever for a service that hangs. The thread then stays behind; it is a
        daemon and ends with the process.
        """
        answers: list[_Result] = []

        def ask() -> None:
            try:
                if (ring := _usable_keyring()) is not None:
                    answers.append(question(ring))
            except Exception:  # noqa: BLE001 - keyring backends are plug-ins and raise whatever they like
                return

        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(self._timeout_s)
        return answers[0] if answers else default


def _usable_keyring() -> Any | None:
    """The system's keyring; None for the stand-ins that refuse (`fail`) or forget (`null`) everything."""
    import keyring
    from keyring.backends import fail, null

    ring = keyring.get_keyring()
    return None if isinstance(ring, (fail.Keyring, null.Keyring)) else ring


def _store(ring: Any, profile_name: str, key: str) -> bool:
    ring.set_password(SERVICE_NAME, profile_name, key)
    return bool(ring.get_password(SERVICE_NAME, profile_name) == key)


def _remove(ring: Any, profile_name: str) -> None:
    if ring.get_password(SERVICE_NAME, profile_name) is not None:
        ring.delete_password(SERVICE_NAME, profile_name)
