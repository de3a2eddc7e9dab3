"""What the model in use can read, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.services.providers import LOCAL_BACKEND, LOCAL_CONTEXT

if TYPE_CHECKING:
    from desktop_helper.core.price import Price
    from desktop_helper.services.container import Services

_LOCAL_ANSWER = 2048  # tokens that the local engine keeps free for its answer


def limits(services: Services) -> tuple[int | None, int | None, Price | None]:
    """Its limit, how much of that a question may take where the oldest is left out, and its price; None if unknown."""
    try:
        profile = services.active_profile()
    except HelperError:
        return None, None, None
    if profile.backend != LOCAL_BACKEND:
        return profile.context_tokens, None, profile.price
    limit = profile.context_tokens or LOCAL_CONTEXT
    return limit, limit - min(_LOCAL_ANSWER, limit // 4), None
