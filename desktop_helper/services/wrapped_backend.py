"""What backends have in common that stand around another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import Backend


class WrappedBackend:
    """A `core.protocols.Backend` but for its `stream`, which each kind has of its own. All else is the inner one's."""

    def __init__(self, inner: Backend) -> None:
        self._inner = inner

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        self._inner.prepare(request, cancel)

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`."""
        return self._inner.answer_now()

    def probe(self, cancel: CancelToken) -> str:
        """See `core.protocols.Backend.probe`."""
        return self._inner.probe(cancel)

    def close(self) -> None:
        """See `core.protocols.Backend.close`."""
        self._inner.close()
