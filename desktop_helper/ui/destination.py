"""Where a question goes, for the pill that says so."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.container import Services
from desktop_helper.services.model_room import blind_model


@dataclass(frozen=True, slots=True)
class Destination:
    """A pill.

    Args:
        words: what it says.
        role: how it looks, as `ui.theme.set_role` takes it.
        refused: why nothing can be asked, which the pill says then.
    """

    words: str
    role: str
    refused: bool = False


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


def for_pictures(services: Services) -> Destination:
    """The same for a question about a picture, which not every model takes."""
    if model := blind_model(services):
        return Destination(tr("{model} takes no pictures", model=model), "pill-bad", refused=True)
    return destination(services)
