"""A backend over a scripted server, put together as the application does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, Sampling, TextPart
from desktop_helper.core.protocols import Backend, BackendTools, ModelProfile
from desktop_helper.services.egress import Egress
from tests.support.glm_server import MODEL

KEY = "sk-f00dfeed1234567890.SECRET"


def wire_profile(base_url: str, *, model: str = MODEL, **quirks: Any) -> ModelProfile:
    """A profile that reaches `base_url`."""
    return ModelProfile("wire", "custom", BACKEND.name, "GLM", model, base_url, quirks=quirks)


def wire_backend(
    base_url: str,
    folder: Path,
    *,
    key: str = KEY,
    quirks: Mapping[str, Any] | None = None,
    model: str = MODEL,
    local_only: bool = False,
) -> Backend:
    """The backend; the ledger is `folder / "egress.jsonl"`."""
    egress = Egress(folder / "egress.jsonl", lambda: local_only)
    tools = BackendTools(egress.http_client, lambda _: key, folder, folder)
    return BACKEND.create(wire_profile(base_url, model=model, **(quirks or {})), tools)


def ask(backend: Backend, text: str = "Hello?", **sampling: Any) -> list[StreamEvent]:
    """All events of one question."""
    request = ChatRequest((Message(Role.USER, (TextPart(text),)),), Sampling(**sampling))
    return list(backend.stream(request, CancelToken()))


def said(events: list[StreamEvent]) -> tuple[str, str]:
    """The joined thinking and text."""
    return (
        "".join(event.text for event in events if isinstance(event, ThinkingDelta)),
        "".join(event.text for event in events if isinstance(event, TextDelta)),
    )
