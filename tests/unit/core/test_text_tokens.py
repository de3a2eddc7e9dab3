"""About how many tokens a text takes."""

from __future__ import annotations

from desktop_helper.core.text_tokens import text_tokens


def test_chinese_characters_cost_more_than_letters() -> None:
    assert text_tokens("压力" * 50) == 62
    assert text_tokens("ab" * 50) == 29
    assert text_tokens("") == 0
