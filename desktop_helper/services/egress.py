"""The only door out of this machine.

Every HTTP client comes from here. It reaches the host and port of its profile and nothing else: not after a redirect,
not through a changed base URL. With "local only" it reaches loopback addresses alone. Proxies and certificates are
the system's; a profile may name one authority more. Each request leaves one line in the ledger, refused ones too, never
its content and never a key.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.protocols import ModelProfile

if TYPE_CHECKING:
    import httpx2

    from desktop_helper.services.egress_hub import HubConnection

MAX_LEDGER = 2_000_000  # bytes: about 7,000 requests

_log = logging.getLogger(__name__)


class Egress:
    """Makes HTTP clients and keeps the ledger. May be used from any thread.

    Args:
        ledger_file: one JSON object a line: time, profile, host, method, path, bytes, images, status and so on. When it
            is full it becomes `NAME.old.jsonl`, in the place of an older one.
        local_only: asked before each request.
    """

    def __init__(self, ledger_file: Path, local_only: Callable[[], bool]) -> None:
        self._ledger_file = ledger_file
        self._local_only = local_only
        self._lock = threading.Lock()

    def http_client(self, profile: ModelProfile) -> httpx2.Client:
        """A client for `profile`, to be closed by the caller.

        Raises:
            HelperError: the proxy or certificate settings of this machine cannot be used (CONFIG).
        """
        import httpx2

        from desktop_helper.services.egress_transport import GuardedTransport

        return httpx2.Client(
            transport=GuardedTransport(profile, self._local_only, self._record), follow_redirects=False
        )

    def hub(self, endpoint: str) -> HubConnection:
        """A connection for downloading models from `endpoint`, to be closed by the caller.

        Raises:
            HelperError: the proxy or certificate settings of this machine cannot be used (CONFIG).
        """
        from desktop_helper.services.egress_hub import HubConnection
        from desktop_helper.services.egress_transport import GuardedTransport

        def transport(base_url: str) -> GuardedTransport:
            profile = ModelProfile("models", "hub", "hub", "", "", base_url=base_url)
            return GuardedTransport(profile, self._local_only, self._record)

        return HubConnection(endpoint, transport)

    def _record(self, entry: dict[str, object]) -> None:
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        try:
            with self._lock:
                self._make_room()
                descriptor = os.open(self._ledger_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                    file.write(line)
        except OSError as error:
            # The answer is worth more than its line.
            _log.error("The egress ledger cannot be written: %s", error)

    def _make_room(self) -> None:
        with suppress(FileNotFoundError):
            if self._ledger_file.stat().st_size >= MAX_LEDGER:
                with suppress(PermissionError):  # on Windows, while somebody has it open: another time
                    self._ledger_file.replace(self._ledger_file.with_suffix(".old.jsonl"))
