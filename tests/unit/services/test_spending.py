"""What answers have cost, kept whatever happens to the conversations, and the limit that is not passed unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import UsageReported
from desktop_helper.core.messages import ChatRequest, FilePart, Message, Role, Sampling, TextPart, ToolCall
from desktop_helper.core.price import Price
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.settings import SpendingSettings
from desktop_helper.services.spending import ASSUMED_ANSWER, Spending, request_tokens

PRICED = ModelProfile("p", "zai", "b", "GLM", "glm", "https://api.example/v1", price=Price(1.0, 10.0))
UNPRICED = replace(PRICED, price=None)
YUAN = replace(PRICED, price=Price(2.0, 2.0, currency="CNY"))
FREE = replace(PRICED, price=Price(0, 0))
USAGE = UsageReported(1_000, 100)  # two thousandths of a dollar
QUESTION = ChatRequest((Message(Role.USER, (TextPart("x" * 350),)),))


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = date(2026, 11, 29)
        self.limits = SpendingSettings()

    def spending(self) -> Spending:
        return Spending(self.folder, lambda: self.limits, lambda: self.day)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "spending")


def test_nothing_was_spent_yet(desk) -> None:
    assert (desk.spending().today().answers, desk.spending().month().costs) == (0, {})
    assert not desk.folder.exists()


def test_today_this_month_and_after_a_restart(desk) -> None:
    spending = desk.spending()
    spending.add(PRICED, USAGE)
    desk.day = date(2026, 11, 30)
    spending.add(PRICED, USAGE)
    spending.add(YUAN, USAGE)
    spending.add(UNPRICED, USAGE)
    for one in (spending, desk.spending()):
        assert one.today().answers == 3
        assert one.month().answers == 4
        assert one.month().costs == pytest.approx({"USD": 0.004, "CNY": 0.0022})
        assert one.month().unpriced == 1
        assert (one.month().read, one.month().written, one.month().tokens) == (4_000, 400, 4_400)
    desk.day = date(2026, 12, 1)
    assert spending.month().answers == 0


def test_two_processes_count_together(desk) -> None:
    one, other = desk.spending(), desk.spending()
    one.add(PRICED, USAGE)
    assert other.month().answers == 1
    other.add(PRICED, USAGE)
    assert (one.month().answers, other.month().answers) == (2, 2)


def test_a_line_holds_counts_alone_and_only_the_user_reads_it(desk) -> None:
    desk.spending().add(PRICED, USAGE, guessed=True)
    (file,) = desk.folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    line = json.loads(file.read_text(encoding="utf-8"))
    assert set(line) == {"day", "provider", "model", "read", "written", "known", "cost", "currency", "guessed"}


def test_broken_lines_are_left_out_and_a_half_one_waits(desk) -> None:
    desk.spending().add(PRICED, USAGE)
    (file,) = desk.folder.iterdir()
    good = file.read_text(encoding="utf-8")
    odd = ["{", "[]", '{"day": 1}', '{"day": "2026-11-29", "read": -1, "written": 0}', good.replace("0.002", '"x"')]
    half = good[:40]
    file.write_text("\n".join([*odd, good.strip(), half]), encoding="utf-8")
    spending = desk.spending()
    assert spending.month().answers == 1
    with file.open("a", encoding="utf-8") as more:
        more.write(good[40:])
    assert spending.month().answers == 2


@pytest.mark.allow_warnings
def test_a_full_disk_forgets_nothing(desk) -> None:
    desk.folder.write_text("in the way", encoding="utf-8")
    spending = desk.spending()
    spending.add(PRICED, USAGE)
    desk.folder.unlink()
    assert spending.month().answers == 1, "the limit holds all the same"
    spending.add(PRICED, USAGE)
    assert desk.spending().month().answers == 2


def test_without_a_limit_nothing_is_looked_up(desk, tmp_path) -> None:
    (tmp_path / "spending").write_text("no folder", encoding="utf-8")
    assert desk.spending().objection(PRICED, QUESTION) is None


def test_a_limit_of_tokens(desk) -> None:
    question = request_tokens(QUESTION) + ASSUMED_ANSWER
    desk.limits = SpendingSettings(monthly_tokens=1_100 + question)
    spending = desk.spending()
    spending.add(UNPRICED, USAGE)
    assert spending.objection(UNPRICED, QUESTION) is None
    spending.add(FREE, UsageReported(1))
    objection = spending.objection(UNPRICED, QUESTION)
    assert objection is not None
    assert objection.kind is ErrorKind.LIMIT
    assert f"{1_101 + question:,} tokens" in objection.message
    assert f"{1_100 + question:,} tokens" in objection.message
    assert "--over-limit" in objection.command_fix


def test_a_limit_of_money(desk) -> None:
    desk.limits = SpendingSettings(monthly_cost=0.02)
    spending = desk.spending()
    assert spending.objection(PRICED, QUESTION) is None
    for _ in range(5):
        spending.add(PRICED, USAGE)
    objection = spending.objection(PRICED, QUESTION)  # 0.01 so far, 0.0001 for reading, 0.01 for the answer
    assert objection is not None
    assert "about $0.020; your limit is $0.020" in objection.message
    short = replace(QUESTION, sampling=Sampling(max_tokens=100))
    assert spending.objection(PRICED, short) is None


@pytest.mark.parametrize("profile", [FREE, UNPRICED, YUAN])
def test_what_is_not_paid_in_it_does_not_pass_a_limit_of_money(desk, profile) -> None:
    desk.limits = SpendingSettings(monthly_cost=0.001)
    spending = desk.spending()
    spending.add(PRICED, USAGE)
    assert spending.objection(PRICED, QUESTION) is not None
    assert spending.objection(profile, QUESTION) is None


def test_sums_that_cannot_be_read_are_told_where_a_limit_depends_on_them(desk) -> None:
    desk.limits = SpendingSettings(monthly_cost=1)
    (desk.folder / "2026-11.jsonl").mkdir(parents=True)
    with pytest.raises(HelperError) as caught:
        desk.spending().objection(PRICED, QUESTION)
    assert caught.value.kind is ErrorKind.STORAGE


def test_files_count_as_what_they_say() -> None:
    file = FilePart(b"", "text/plain", "a.txt", "y" * 700)
    assert request_tokens(ChatRequest((Message(Role.USER, (file, TextPart("x" * 35))),))) == 210


def test_between_rounds_of_tools_it_is_not_said_that_nothing_was_sent(desk) -> None:
    desk.limits = SpendingSettings(monthly_tokens=10)
    asked = Message(Role.ASSISTANT, (), tool_calls=(ToolCall("1", "zoom", "{}"),))
    found = Message(Role.TOOL, (TextPart("seen"),), call_id="1")
    request = replace(QUESTION, messages=(*QUESTION.messages, asked, found))
    objection = desk.spending().objection(PRICED, request)
    assert objection is not None
    assert "Nothing was sent" not in objection.message
    assert objection.message.startswith("If this answer went on, this month's answers would come to about ")
    first = desk.spending().objection(PRICED, QUESTION)
    assert first is not None
    assert first.message.endswith("Nothing was sent.")
