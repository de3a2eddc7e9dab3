"""The question before the user's limit is passed, in the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_helper.core.events import Failed, Finished, TextDelta, UsageReported
from desktop_helper.ui.outcome import OutcomeCard
from tests.support.chat_desk import ChatDesk

SETTINGS = """
active_profile = "mine"
[profiles.mine]
provider = "zai"
model = "glm-4.6v"
[spending]
monthly_tokens = 1500
"""


@pytest.fixture
def hosted(tmp_path, qtbot):
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    script = [TextDelta("Because."), UsageReported(400, 600), Finished()]
    desk = ChatDesk(home, script, script)
    yield desk
    desk.close()


def test_nothing_is_sent_until_the_user_says_so(hosted, qtbot):
    view = hosted.ask(qtbot)
    assert view.markdown() == "Because."
    assert "Cost: $0.0007" in view._meta.toolTip()
    ended = []
    hosted.chat.answered.connect(lambda _text, end: ended.append(end))
    view = hosted.ask(qtbot, "And now?")
    assert isinstance(ended[-1], Failed)
    assert len(hosted.backend.requests) == 1
    card = view.findChild(OutcomeCard)
    assert "your limit is 1,500 tokens" in card.accessibleName()
    (anyway,) = (one for one in card.findChildren(QPushButton) if one.text() == "Send anyway")
    with qtbot.waitSignal(hosted.chat.answered, timeout=5000):
        anyway.click()
    assert hosted.answers[-1].markdown() == "Because."
    assert len(hosted.backend.requests) == 2
    assert hosted.services.spending.month().tokens == 2000


def test_the_estimate_of_a_question_tells_its_price(hosted, qtbot):
    hosted.chat.models.refresh()
    hosted.composer.edit.setPlainText("x" * 35_000)
    tip = hosted.composer._estimate.toolTip()
    assert "Costs about $0.0030, and $0.0009 for each 1,000 tokens of the answer." in tip
