"""Which capture source is used."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import CaptureSource


def best_source(sources: Iterable[CaptureSource], *, recording: bool = False) -> CaptureSource:
    """The one of the highest priority that suits this session and works; those below it are not asked.

    Args:
        sources: to choose from.
        recording: many pictures a second are wanted, not one.

    Raises `HelperError(CAPTURE)`, with what the last one says of itself: better ones only send to it.
    """
    refusal = None
    fit = [source for source in sources if (source.live if recording else source.stills) and source.suits()]
    for source in sorted(fit, key=lambda source: -source.priority):
        state = source.availability()
        if state.ok:
            return source
        refusal = state
    raise HelperError(
        ErrorKind.CAPTURE,
        refusal.reason if refusal else tr("No way to take a picture of the screen is installed."),
        refusal.fix if refusal else "",
    )
