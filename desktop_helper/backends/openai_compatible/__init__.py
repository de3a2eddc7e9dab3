"""Any server that speaks the OpenAI chat protocol: Z.ai, BigModel, vLLM, SGLang, llama-server, Ollama, LM Studio.

How the dialects differ is data: the quirks of the provider file, all listed in `_quirks`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.protocols import Backend, BackendPlug, BackendTools, ModelProfile


def _create(profile: ModelProfile, tools: BackendTools) -> Backend:
    from desktop_helper.backends.openai_compatible._backend import OpenAICompatible

    return OpenAICompatible(profile, tools)


def _can_answer_now(profile: ModelProfile) -> bool:
    from desktop_helper.backends.openai_compatible._thought import can_answer_now

    return can_answer_now(profile.quirks)


def _warm_up() -> None:
    importlib.import_module("openai")


def _quirks() -> tuple[str, ...]:
    from desktop_helper.backends.openai_compatible._quirks import NAMES

    return NAMES


def _check_quirks(quirks: Mapping[str, Any]) -> None:
    from desktop_helper.backends.openai_compatible._quirks import Quirks

    Quirks.of(quirks)


BACKEND = BackendPlug(
    "openai_compatible",
    lambda: AVAILABLE,
    _create,
    _warm_up,
    can_answer_now=_can_answer_now,
    quirks=_quirks,
    check_quirks=_check_quirks,
)
