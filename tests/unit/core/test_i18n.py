"""Texts in the language of the windows, or in another one."""

from __future__ import annotations

import pytest

from desktop_helper.core.i18n import set_language, tr, tr_in

COUNTED = "The model can read {count} tokens."


@pytest.mark.parametrize("windows", ["en", "zh_CN"])
def test_an_answer_may_be_in_another_language_than_the_windows(windows: str) -> None:
    set_language(windows)
    before = tr(COUNTED, count=7)
    assert tr_in("en", COUNTED, count=7) == "The model can read 7 tokens."
    assert tr_in("en", COUNTED, count=1) == "The model can read 1 token."
    assert tr_in("zh_CN", COUNTED, count=7) == "模型最多能读 7 词元。"
    assert tr(COUNTED, count=7) == before
