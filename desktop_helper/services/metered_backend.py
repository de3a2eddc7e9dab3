"""Counts what the answers of one server cost, and asks before the user's limit is passed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.core.closable import closable
from desktop_helper.core.events import Failed, Progress, StreamEvent, TextDelta, ThinkingDelta, UsageReported
from desktop_helper.core.text_tokens import CHARACTERS_PER_TOKEN
from desktop_helper.services.money import priced
from desktop_helper.services.spending import request_tokens
from desktop_helper.services.wrapped_backend import WrappedBackend

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import Backend, ModelProfile
    from desktop_helper.services.spending import Spending


def metered(backend: Backend, profile: ModelProfile, spending: Callable[[], Spending]) -> Backend:
    """`backend` as it is used: what is on this machine costs nothing, and is not counted."""
    return backend if profile.is_local else MeteredBackend(backend, profile, spending())


class MeteredBackend(WrappedBackend):
    """A `core.protocols.Backend` around the one that answers. Every way to ask leads through it.

    An answer that ends before the server has counted it is estimated: it costs what it costs all the same. What a
    `probe` costs, which is a word, is not counted.
    """

    def __init__(self, inner: Backend, profile: ModelProfile, spending: Spending) -> None:
        super().__init__(inner)
        self._profile, self._spending = profile, spending

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Generator[StreamEvent, None, None]:
        """See `core.protocols.Backend.stream`. May raise `HelperError(STORAGE)` before anything is sent."""
        if not request.over_limit and (objection := self._spending.objection(self._profile, request)) is not None:
            yield Failed(objection)
            return
        meter = _Meter(request_tokens(request))
        try:
            with closable(self._inner.stream(request, cancel)) as events:
                for event in events:
                    if isinstance(event, UsageReported):
                        total, guessed = meter.counted(event)
                        self._spending.add(self._profile, total, guessed=guessed)
                        yield self._with_cost(event, total)
                        continue
                    meter.hear(event)
                    yield event
        finally:
            if (rest := meter.uncounted()) is not None:
                self._spending.add(self._profile, rest, guessed=True)

    def _with_cost(self, usage: UsageReported, total: UsageReported) -> UsageReported:
        """The numbers of the answer that is shown, with the money for all that was asked for it."""
        price = self._profile.price
        if price is None:
            return usage
        return replace(usage, cost=priced(total, price), currency=price.currency)


class _Meter:
    """What one answer takes: as the server counts it, or estimated from what came of it.

    Args:
        read: about how many tokens are read each time that it is asked for.
    """

    def __init__(self, read: int) -> None:
        self._read = read
        self._heard = 0  # letters that the server has not counted yet
        self._given_up: UsageReported | None = None  # was asked again before it was counted

    def hear(self, event: StreamEvent) -> None:
        """Note what came."""
        if isinstance(event, TextDelta | ThinkingDelta):
            self._heard += len(event.text)
        elif isinstance(event, Progress) and event.asked_again:
            self._given_up = self.uncounted()
            self._heard = 0

    def counted(self, usage: UsageReported) -> tuple[UsageReported, bool]:
        """All that the answer took, now that the server has counted; and whether a part of it is estimated."""
        self._heard = 0
        before, self._given_up = self._given_up, None
        return (usage, False) if before is None else (_sum(before, usage), True)

    def uncounted(self) -> UsageReported | None:
        """What nobody has counted so far; None if nothing came. What was asked again and not answered cost it, too."""
        if not self._heard:
            return self._given_up
        written = max(1, round(self._heard / CHARACTERS_PER_TOKEN))
        usage = UsageReported(self._read, written)
        return usage if self._given_up is None else _sum(self._given_up, usage)


def _sum(first: UsageReported, then: UsageReported) -> UsageReported:
    return replace(
        then,
        prompt_tokens=(first.prompt_tokens or 0) + (then.prompt_tokens or 0),
        completion_tokens=(first.completion_tokens or 0) + (then.completion_tokens or 0),
    )
