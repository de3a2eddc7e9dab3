"""Which notation for boxes a model writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_helper.core.box_notation import NOTATIONS, USUAL, BoxNotation
from desktop_helper.core.errors import HelperError

if TYPE_CHECKING:
    from desktop_helper.core.protocols import ModelProfile
    from desktop_helper.services.container import Services


def notation_of(profile: ModelProfile) -> BoxNotation:
    """What its provider's file says, or the usual one."""
    return NOTATIONS.get(str(profile.quirks.get("boxes")), USUAL)


def notation_called(services: Services, title: str) -> BoxNotation | None:
    """That of the model which the history calls so. None if two are called so and differ.

    One that is in the settings no more is taken for a usual one.
    """
    found = set()
    for name in services.settings.current.profiles:
        try:
            profile = services.profile(name)
        except HelperError:
            continue  # e.g. its provider's file is gone
        if profile.title == title:
            found.add(notation_of(profile))
    return USUAL if not found else found.pop() if len(found) == 1 else None
