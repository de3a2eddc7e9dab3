"""Where a question goes, for the pill that says so."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.container import Services


@dataclass(frozen=True, slots=True)
class Destination:
    """A pill.

    Args:
        words: what it says.
        role: how it looks, as `ui.theme.set_role` takes it.
    """

    words: str
    role: str


def destination(services: Services) -> Destination:
    """Green for this machine, amber for elsewhere, red for where nothing may go; as the chat's header says it."""
    try:
        profile = services.active_profile()
    except HelperError:
        return Destination(tr("not set up"), "pill-warn")
    if profile.is_local:
        return Destination(tr("On this machine"), "pill-ok")
    if services.settings.current.privacy.local_only:
        return Destination(tr("{host} is blocked", host=profile.host), "pill-bad")
    return Destination(f"↗ {profile.host}", "pill-warn")
