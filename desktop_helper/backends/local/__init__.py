"""A GGUF file on this machine, through llama.cpp in a child process (docs/adr/009).

`backend` lives in the app and imports nothing heavy; `worker` and the package `engine` live in the child.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import BackendPlug, BackendTools, ModelProfile

if TYPE_CHECKING:
    from desktop_helper.backends.local.backend import LocalBackend


def _availability() -> Availability:
    if importlib.util.find_spec("llama_cpp") is not None:
        return AVAILABLE
    from desktop_helper.backends.local.building import is_being_built

    if is_being_built():
        return Availability(
            ok=False,
            reason=tr("The engine for local models is still being built."),
            fix=tr("Wait a few minutes and ask again."),
            soon=True,
        )
    return Availability(
        ok=False,
        reason=tr("The engine for local models (llama-cpp-python) is not installed."),
        fix=tr("Run {command} in the program's folder.", command="python3 installers/from_source.py setup"),
    )


def _create(profile: ModelProfile, tools: BackendTools) -> LocalBackend:
    from desktop_helper.backends.local.backend import LocalBackend

    return LocalBackend(profile, tools.log_dir, tools.cache_dir)


def _details() -> tuple[tuple[str, Availability], ...]:
    from desktop_helper.backends.local.engine_report import details

    return details()


BACKEND = BackendPlug("local", _availability, _create, details=_details, quirks=tuple)  # settings say it all
