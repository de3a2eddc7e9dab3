"""Settings: what answers have cost, and what they may."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.settings import CURRENCIES, Settings, SpendingSettings
from desktop_helper.services.spending import Sums, counts_of, money_of
from desktop_helper.ui.settings.local_options import NumberField
from desktop_helper.ui.settings.page import Page, QuietCombo, StatusLine, label
from desktop_helper.ui.theme import SPACE_1

_RANGES = {item.name: item.metadata["range"] for item in fields(SpendingSettings) if "range" in item.metadata}


class SpendingPage(Page):
    """Today's and this month's sums, read when it is shown, and the limit before which the app asks.

    Args:
        services: counts.
        background: reads the sums.
        parent: owner.
    """

    def __init__(self, services: Services, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Costs"),
            tr("What the answers of servers have taken. Models on this machine cost nothing."),
            parent,
        )
        self._services, self._background = services, background
        self._reading: CancelToken | None = None
        self.problem = StatusLine()
        self.rows = {"today": _Row(tr("Today")), "month": _Row(tr("This month"))}
        self.cost = NumberField(*_RANGES["monthly_cost"], step=1, lowest=tr("None"), decimals=2)
        self.currency = QuietCombo()
        self.tokens = NumberField(*_RANGES["monthly_tokens"], step=100_000, lowest=tr("None"))
        self._build_sums()
        self._build_limits()
        self.cost.valueChanged.connect(self.changed)
        self.currency.activated.connect(self.changed)
        self.tokens.valueChanged.connect(self.changed)

    def _build_sums(self) -> None:
        for row in self.rows.values():
            lines = QVBoxLayout()
            lines.setSpacing(SPACE_1)
            for words in (row.title, row.money, row.tokens):
                lines.addWidget(words)
            self.form.addLayout(lines)
        self.form.addWidget(self.problem)

    def _build_limits(self) -> None:
        for one in CURRENCIES:
            self.currency.addItem(one, one)
        self.add_field(tr("Limit of money a month"), self.cost, tr("Before a question would pass it, you are asked."))
        self.add_field(tr("Currency"), self.currency, tr("Only answers whose price is in it are counted there."))
        self.add_field(tr("Limit of tokens a month"), self.tokens, tr("Read and written, by all servers together."))

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        limits = settings.spending
        self.cost.setValue(limits.monthly_cost)
        self.currency.select(limits.currency)
        self.tokens.setValue(limits.monthly_tokens)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's limits."""
        before, cost = settings.spending.monthly_cost, round(self.cost.value(), 2)
        if cost == round(before, 2):  # the file may be more exact than the field
            cost = before
        limits = SpendingSettings(
            monthly_cost=int(cost) if cost == int(cost) else cost,
            currency=str(self.currency.currentData()),
            monthly_tokens=round(self.tokens.value()),
        )
        return replace(settings, spending=limits)

    def showEvent(self, event: QShowEvent) -> None:
        """Each time it is opened it tells how things are now."""
        super().showEvent(event)
        if not event.spontaneous():
            if self._reading is not None:
                self._reading.cancel()
            self._reading = self._background.run(lambda _cancel: self._sums(), self._show, self._fail)

    def _sums(self) -> dict[str, Sums]:
        spending = self._services.spending
        return {"today": spending.today(), "month": spending.month()}

    def _show(self, sums: dict[str, Sums]) -> None:
        self.problem.clear()
        for name, row in self.rows.items():
            row.show_sums(sums[name])

    def _fail(self, error: HelperError) -> None:
        self.problem.show_problem(error.message, error.fix)


class _Row:
    """A day or a month: its name, the money, the tokens."""

    def __init__(self, title: str) -> None:
        self.title, self.money, self.tokens = label(title, "heading"), label(), label("", "secondary")

    def show_sums(self, sums: Sums) -> None:
        self.money.setText(money_of(sums) or "–")
        self.tokens.setText(counts_of(sums))
