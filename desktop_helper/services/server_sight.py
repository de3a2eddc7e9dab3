"""Which models of a server can see pictures: each kind of server tells it in its own way, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Ask = Callable[[str, str, Any], Any]
"""Method, path from the root of the server and JSON to send; the JSON that it answers, or None."""

Told = Mapping[str, bool | None]
"""By the model's id. None: it was not told."""

_MOST_ASKED = 40  # models of a server that has to be asked about each
# Names by which models that see are published; a name that is not among them tells nothing.
_SEEING = re.compile(
    r"glm-?\d(\.\d)?v|glm-?5\.3-?flash|(^|[^a-z])vl([^a-z]|$)|\dvl|vision|llava|minicpm-?v|pixtral|moondream|internvl"
    r"|gemma-?[34]|visual|multimodal",
    re.IGNORECASE,
)


def sight(way: str, ask: Ask, models: tuple[str, ...]) -> Told:
    """What the server tells in the `way` that its provider file names; else what the names of the models tell."""
    told = _WAYS[way](ask, models) if way in _WAYS else {}
    return {model: by_name(model) if told.get(model) is None else told[model] for model in models}


def by_name(model: str) -> bool | None:
    """Whether a model of this name sees. Never False: names tell too little for that."""
    return True if _SEEING.search(model) else None


def _ollama(ask: Ask, models: tuple[str, ...]) -> Told:
    """In its list since 2026, before that for each model: https://docs.ollama.com/api/tags, .../show."""
    listed = {}
    for entry in _entries(ask("GET", "/api/tags", None), "models"):
        if isinstance(entry.get("capabilities"), list):
            listed[str(entry.get("name"))] = "vision" in entry["capabilities"]
    for model in models[:_MOST_ASKED]:
        if model in listed:
            continue
        shown = ask("POST", "/api/show", {"model": model})
        if isinstance(shown, dict) and isinstance(shown.get("capabilities"), list):
            listed[model] = "vision" in shown["capabilities"]
    return listed


def _lmstudio(ask: Ask, models: tuple[str, ...]) -> Told:
    """The type `vlm`: https://lmstudio.ai/docs/developer/rest/endpoints."""
    entries = _entries(ask("GET", "/api/v0/models", None), "data")
    return {str(entry.get("id")): entry.get("type") == "vlm" for entry in entries if "type" in entry}


def _llama_server(ask: Ask, models: tuple[str, ...]) -> Told:
    """Of the one model that it runs, or of all if it runs several: `modalities` in its properties."""
    properties = ask("GET", "/props", None)
    modalities = properties.get("modalities") if isinstance(properties, dict) else None
    if not isinstance(modalities, dict) or len(models) != 1:
        return {}
    return {models[0]: bool(modalities.get("vision"))}


def _entries(answer: Any, key: str) -> list[dict[str, Any]]:
    listed = answer.get(key) if isinstance(answer, dict) else None
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


_WAYS: dict[str, Callable[[Ask, tuple[str, ...]], Told]] = {
    "ollama": _ollama,
    "lmstudio": _lmstudio,
    "llama-server": _llama_server,
}
WAYS = tuple(_WAYS)
