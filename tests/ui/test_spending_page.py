"""What answers have cost, on a page of the settings, and the question before a limit is passed."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import UsageReported
from desktop_helper.core.price import Price
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.ui.answer_meta import meta_details
from desktop_helper.ui.outcome import OutcomeCard
from tests.support.settings_desk import choose

PRICED = ModelProfile("p", "zai", "b", "GLM", "glm", "https://api.example/v1", price=Price(1.0, 10.0))


def test_the_sums_are_read_when_it_is_shown(open_settings, desk, qtbot):
    desk.services.spending.add(PRICED, UsageReported(240_000, 1_000))
    window = open_settings()
    window.show_page(window.spending)
    month = window.spending.rows["month"]
    qtbot.waitUntil(lambda: month.money.text() == "$0.25")
    assert month.tokens.text() == "1 answer, 240,000 tokens read, 1,000 written"
    desk.services.spending.add(PRICED, UsageReported(1, 1))
    window.show_page(window.status)
    window.show_page(window.spending)
    qtbot.waitUntil(lambda: window.spending.rows["today"].tokens.text().startswith("2 answers"))


def test_the_limits_are_saved_and_the_usual_is_not_written(open_settings, desk, qtbot):
    window = open_settings()
    window.spending.cost.setValue(12.5)
    choose(window.spending.currency, "CNY")
    window.spending.tokens.setValue(2_000_000)
    with qtbot.waitSignal(window.saved):
        window.save_button.click()
    saved = desk.saved().spending
    assert (saved.monthly_cost, saved.currency, saved.monthly_tokens) == (12.5, "CNY", 2_000_000)
    window = open_settings()
    assert window.spending.cost.value() == 12.5
    window.spending.cost.setValue(0)
    with qtbot.waitSignal(window.saved):
        window.save_button.click()
    assert desk.saved().spending.monthly_cost == 0


def test_a_limit_asks_with_a_button_that_goes_on(qtbot):
    card = OutcomeCard(HelperError(ErrorKind.LIMIT, "It would pass your limit.", "Send it anyway."))
    qtbot.addWidget(card)
    from PySide6.QtWidgets import QPushButton

    buttons = {button.text(): button for button in card.findChildren(QPushButton)}
    assert list(buttons) == ["Send anyway", "Open settings"]
    with qtbot.waitSignal(card.allowed):
        buttons["Send anyway"].click()


def test_the_line_below_an_answer_tells_what_it_cost():
    assert "Cost: $0.0011" in meta_details(UsageReported(1_240, 310, cost=0.0011, currency="USD"))
    assert "Cost: free" in meta_details(UsageReported(1_240, 310, cost=0.0, currency="USD"))
    assert not [line for line in meta_details(UsageReported(1_240, 310)) if "Cost" in line]
