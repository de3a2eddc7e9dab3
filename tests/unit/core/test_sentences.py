"""Sentences one after the other, in every language."""

from __future__ import annotations

import pytest

from desktop_helper.core.i18n import sentences


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (("It broke.", "Try again."), "It broke. Try again."),
        (("文件已损坏。", "请重试。"), "文件已损坏。请重试。"),
        (("It broke.", ""), "It broke."),
        (("", "Try again."), "Try again."),
        ((), ""),
    ],
)
def test_full_width_punctuation_brings_its_own_space(parts: tuple[str, ...], joined: str) -> None:
    assert sentences(*parts) == joined
