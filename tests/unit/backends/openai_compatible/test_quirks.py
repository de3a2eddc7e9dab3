"""Quirks of a provider file that cannot be used are named."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_helper.backends.openai_compatible._quirks import THINKING_STYLES, Quirks
from desktop_helper.core.errors import ErrorKind, HelperError


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"thinking_style": "often"}, "thinking_style"),
        ({"needs_key": 1}, "needs_key"),
        ({"efforts": ["low", 2]}, "efforts"),
        ({"temperature": [0.0]}, "temperature"),
        ({"max_images": True}, "max_images"),
        ({"video": {"form": "film"}}, "video"),
    ],
)
def test_what_it_does_not_know_is_named(values: dict[str, Any], name: str) -> None:
    with pytest.raises(HelperError) as caught:
        Quirks.of({"provider_title": "Mine", **values})
    assert caught.value.kind is ErrorKind.CONFIG
    assert caught.value.message.startswith(f"In the provider file of Mine, “{name}”")
    assert (", ".join(THINKING_STYLES) in caught.value.fix) == (name == "thinking_style")
