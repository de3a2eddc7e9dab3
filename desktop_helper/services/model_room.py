"""What the model in use takes of a question, as far as anybody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.services.providers import LOCAL_BACKEND, most_for_pages, readable_tokens
from desktop_helper.services.question_estimate import Estimate

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

_LOCAL_ANSWER = 2048  # tokens that a local model keeps free for its answer (backends.local.engine)


def most_pictures(services: Services) -> int | None:
    """How many the model in use takes at once; None if nobody says, or no model can be used."""
    try:
        profile = services.active_profile()
    except HelperError:
        return None
    return None if profile.backend == LOCAL_BACKEND else PictureLimit.of(profile.title, profile.quirks).pictures


def blind_model(services: Services) -> str:
    """The title of the model in use if it is known to take no pictures; else nothing."""
    return services.active_profile().title if most_pictures(services) == 0 else ""


def context_of(services: Services, used_tokens: int) -> Estimate:
    """A question without words behind a conversation of so many tokens; without limits if no model can be used."""
    try:
        profile = services.active_profile()
    except HelperError:
        return Estimate(used_tokens, "")
    known = Estimate(used_tokens, "", most_chosen=most_for_pages(profile))
    if profile.backend != LOCAL_BACKEND:
        most = most_pictures(services)
        return replace(known, limit=profile.context_tokens or 0, price=profile.price, most_pictures=most)
    limit = readable_tokens(profile)
    room = limit - min(_LOCAL_ANSWER, limit // 4)
    return replace(known, limit=limit, room=room, at_most=not profile.context_tokens)
