"""Plays a scenario instead of asking a model: all of the way from the bytes of a server to the window, without one.

A provider file of the user's names it (docs/scenarios.md); ours name none, so nobody else is offered this backend.
"""

from __future__ import annotations

import importlib

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.protocols import Backend, BackendPlug, BackendTools, ModelProfile

DEFAULT = "zai/answer"


def _create(profile: ModelProfile, tools: BackendTools) -> Backend:
    from desktop_helper.backends.openai_compatible._backend import OpenAICompatible
    from desktop_helper.backends.scripted._tools import scripted
    from desktop_helper.core.scenarios.reading import scenario

    played = scenario(str(profile.quirks.get("scenario", DEFAULT)))
    return OpenAICompatible(profile, scripted(tools, played))


def _warm_up() -> None:
    importlib.import_module("openai")


def _quirks() -> tuple[str, ...]:
    from desktop_helper.backends.openai_compatible._quirks import NAMES

    return (*NAMES, "scenario")


BACKEND = BackendPlug("scripted", lambda: AVAILABLE, _create, _warm_up, for_users=False, quirks=_quirks)
