"""What a model is called where people read it: llama-server and vLLM know theirs by the path of its file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_PATH = re.compile(r"[/\\~]|\.\.?[/\\]|[a-z]:[/\\]", re.IGNORECASE)
_GGUF = re.compile(r"(-\d{5}-of-\d{5})?\.gguf$", re.IGNORECASE)


def short_name(model: str) -> str:
    """`GLM-4.6V-Flash-Q4_K_M` for `/models/GLM-4.6V-Flash-Q4_K_M.gguf`. Other names, as `zai-org/GLM-4.6V`, stay."""
    if not _PATH.match(model) and not _GGUF.search(model):
        return model
    return _GGUF.sub("", re.split(r"[/\\]", model.rstrip("/\\"))[-1]) or model


def short_names(models: Iterable[str]) -> dict[str, str]:
    """The same for those of one server: two that would be called alike keep their paths."""
    short = {model: short_name(model) for model in models}
    count = Counter(short.values())
    return {model: name if count[name] == 1 else model for model, name in short.items()}
