"""Counts what the answers of one server cost, and asks before the user's limit is passed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.core.events import Failed, StreamEvent, TextDelta, ThinkingDelta, UsageReported
from desktop_helper.core.text_tokens import CHARACTERS_PER_TOKEN
from desktop_helper.services.money import priced
from desktop_helper.services.spending import request_tokens

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import Backend, ModelProfile
    from desktop_helper.services.spending import Spending


def metered(backend: Backend, profile: ModelProfile, spending: Callable[[], Spending]) -> Backend:
    """`backend` as it is used: what is on this machine costs nothing, and is not counted."""
    return backend if profile.is_local else MeteredBackend(backend, profile, spending())


class MeteredBackend:
    """A `core.protocols.Backend` around the one that answers. Every way to ask leads through it.

    An answer that ends before the server has counted it is estimated: it costs what it costs all the same.
    """

    def __init__(self, inner: Backend, profile: ModelProfile, spending: Spending) -> None:
        self._inner, self._profile, self._spending = inner, profile, spending

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Generator[StreamEvent, None, None]:
        """See `core.protocols.Backend.stream`. May raise `HelperError(STORAGE)` before anything is sent."""
        if not request.over_limit and (objection := self._spending.objection(self._profile, request)) is not None:
            yield Failed(objection)
            return
        counted, heard = False, 0
        try:
            with closing(_as_generator(self._inner.stream(request, cancel))) as events:
                for event in events:
                    if isinstance(event, UsageReported):
                        counted = True
                        self._spending.add(self._profile, event)
                        yield self._with_cost(event)
                        continue
                    if isinstance(event, TextDelta | ThinkingDelta):
                        heard += len(event.text)
                    yield event
        finally:
            if heard and not counted:
                written = max(1, round(heard / CHARACTERS_PER_TOKEN))
                self._spending.add(self._profile, UsageReported(request_tokens(request), written), guessed=True)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        self._inner.prepare(request, cancel)

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`."""
        return self._inner.answer_now()

    def probe(self, cancel: CancelToken) -> str:
        """See `core.protocols.Backend.probe`. What a word costs is not counted."""
        return self._inner.probe(cancel)

    def close(self) -> None:
        """See `core.protocols.Backend.close`."""
        self._inner.close()

    def _with_cost(self, usage: UsageReported) -> UsageReported:
        price = self._profile.price
        if price is None:
            return usage
        return replace(usage, cost=priced(usage, price), currency=price.currency)


def _as_generator(events: Iterator[StreamEvent]) -> Generator[StreamEvent, None, None]:
    yield from events
