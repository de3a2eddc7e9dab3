"""Which capture source is used."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import CaptureSource


def best_source(sources: Iterable[CaptureSource]) -> CaptureSource:
    """The one of the highest priority that suits this session and works; those below it are not asked.

    Raises `HelperError(CAPTURE)`, with what the best one says of itself.
    """
    refusal = None
    for source in sorted((source for source in sources if source.suits()), key=lambda source: -source.priority):
        state = source.availability()
        if state.ok:
            return source
        refusal = refusal or state
    raise HelperError(
        ErrorKind.CAPTURE,
        refusal.reason if refusal else tr("No way to take a picture of the screen is installed."),
        refusal.fix if refusal else "",
    )
