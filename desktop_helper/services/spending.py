"""What answers of servers have cost: a line for each, a file for each month, and the user's own limit.

Deleting a conversation takes back no money, so this is kept apart from the history. Answers on this machine cost
nothing and are not counted. No line holds anything that was asked or answered.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, Role
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.question_limit import tokens_of
from desktop_helper.services.money import cost_of, money_text, priced
from desktop_helper.services.settings import SpendingSettings
from desktop_helper.services.storage_errors import storage_error

ASSUMED_ANSWER = 1000  # tokens of an answer that is not written yet, its thinking included

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sums:
    """Of a day or a month.

    Args:
        answers: how many.
        read, written: tokens.
        costs: by currency, of the answers whose price is known.
        unpriced: how many answers have no known price.
    """

    answers: int = 0
    read: int = 0
    written: int = 0
    costs: dict[str, float] = field(default_factory=dict)
    unpriced: int = 0

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.read + self.written

    def add(self, line: dict[str, Any]) -> None:
        """One answer more."""
        self.answers += 1
        self.read += line["read"]
        self.written += line["written"]
        currency = line.get("currency")
        if currency:
            self.costs[currency] = self.costs.get(currency, 0.0) + line["cost"]
        else:
            self.unpriced += 1


class Spending:
    """Any thread, and several processes at once.

    Args:
        folder: of the files.
        limits: the user's, asked before each question.
        today: the day here.
    """

    def __init__(
        self, folder: Path, limits: Callable[[], SpendingSettings], today: Callable[[], date] = date.today
    ) -> None:
        self._folder, self._limits, self._today = folder, limits, today
        self._lock = threading.Lock()
        self._read = _Month(folder, "")
        self._unsaved: list[dict[str, Any]] = []  # the disk was full

    def add(self, profile: ModelProfile, usage: UsageReported, *, guessed: bool = False) -> None:
        """Keep what an answer has taken. `guessed`: it was stopped before the server had counted. Raises nothing."""
        line: dict[str, Any] = {
            "day": self._today().isoformat(),
            "provider": profile.provider,
            "model": profile.model,
            "read": usage.prompt_tokens or 0,
            "written": usage.completion_tokens or 0,
            "known": usage.cached_tokens or 0,
        }
        if profile.price is not None:
            line |= {"cost": priced(usage, profile.price), "currency": profile.price.currency}
        if guessed:
            line["guessed"] = True
        with self._lock:
            self._unsaved.append(line)
            self._save()

    def today(self) -> Sums:
        """Since midnight. Raises `HelperError(STORAGE)`."""
        day = self._today().isoformat()
        return self._sums(lambda found: found == day)

    def month(self) -> Sums:
        """Since the first of the month. Raises `HelperError(STORAGE)`."""
        month = self._month()
        return self._sums(lambda day: day.startswith(month))

    def objection(self, profile: ModelProfile, request: ChatRequest) -> HelperError | None:
        """Why the question should not be sent without asking the user; None if it may.

        It is estimated: what it holds, and an answer of `ASSUMED_ANSWER` tokens, or less where no more is allowed.
        Raises `HelperError(STORAGE)`.
        """
        limits = self._limits()
        if not (limits.monthly_tokens or limits.monthly_cost):
            return None
        so_far = self.month()
        read = request_tokens(request)
        written = min(request.sampling.max_tokens or ASSUMED_ANSWER, ASSUMED_ANSWER)
        if limits.monthly_tokens and so_far.tokens + read + written > limits.monthly_tokens:
            sums = _tokens(so_far.tokens + read + written), _tokens(limits.monthly_tokens)
            return _over(*sums, begun=_is_begun(request))
        price = profile.price
        if not limits.monthly_cost or price is None or price.is_free or price.currency != limits.currency:
            return None
        cost = so_far.costs.get(price.currency, 0.0) + cost_of(price, read, written)
        if cost <= limits.monthly_cost:
            return None
        sums = money_text(cost, price.currency), money_text(limits.monthly_cost, price.currency)
        return _over(*sums, begun=_is_begun(request))

    def _sums(self, wanted: Callable[[str], bool]) -> Sums:
        month = self._month()
        with self._lock:
            if self._read.month != month:
                self._read = _Month(self._folder, month)
            lines = [*self._read.lines(), *self._unsaved]
        sums = Sums()
        for line in lines:
            if wanted(line["day"]):
                sums.add(line)
        return sums

    def _month(self) -> str:
        return self._today().isoformat()[:7]

    def _save(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            while self._unsaved:
                line = self._unsaved[0]
                path = _file(self._folder, line["day"][:7])
                descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(descriptor, "ab") as file:
                    file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                del self._unsaved[0]
        except OSError as error:
            _log.error("What an answer cost cannot be written down yet: %s", type(error).__name__)


class _Month:
    """One file, of which only what is new is read. Lines that are broken, or not ours, are left out."""

    def __init__(self, folder: Path, month: str) -> None:
        self.month = month
        self._path = _file(folder, month)
        self._lines: list[dict[str, Any]] = []
        self._offset = 0

    def lines(self) -> list[dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                if self._path.stat().st_size < self._offset:  # somebody began it anew
                    self._lines, self._offset = [], 0
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            self._lines, self._offset = [], 0
            return []
        except OSError as error:
            raise storage_error(self._path, error) from None
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._lines += [line for text in whole.splitlines() if (line := _line(text)) is not None]
        return self._lines


def money_of(sums: Sums) -> str:
    """What was paid, in each currency; empty where nothing is known."""
    paid = [money_text(cost, currency) for currency, cost in sorted(sums.costs.items()) if cost]
    return " + ".join(paid) or (tr("free") if sums.costs and not sums.unpriced else "")


def counts_of(sums: Sums) -> str:
    """Answers and tokens, as a person reads them."""
    numbers = {"answers": f"{sums.answers:,}", "read": f"{sums.read:,}", "written": f"{sums.written:,}"}
    told = tr("{answers} answers, {read} tokens read, {written} written", **numbers)
    more = tr("{count} of them without a known price", count=sums.unpriced) if sums.unpriced else ""
    return "; ".join(filter(None, (told, more)))


def request_tokens(request: ChatRequest) -> int:
    """About how many tokens a request holds."""
    return tokens_of(request.messages)


def _tokens(count: int) -> str:
    return tr("{count} tokens", count=f"{count:,}")


def _is_begun(request: ChatRequest) -> bool:
    """Whether this goes on with an answer that tools have helped with."""
    return bool(request.messages) and request.messages[-1].role is Role.TOOL


def _over(sum_: str, limit: str, *, begun: bool) -> HelperError:
    command_fix = tr("On the command line, --over-limit sends it.")
    if begun:
        message = tr(
            "If this answer went on, this month's answers would come to about {sum}; your limit is {limit}. "
            "What tools have found was not sent any more; what was sent before is counted.",
            sum=sum_,
            limit=limit,
        )
        fix = tr("Ask the whole question again and let it pass the limit, or raise the limit in Settings.")
        return HelperError(ErrorKind.LIMIT, message, fix, command_fix=command_fix)
    message = tr(
        "With this question, this month's answers would come to about {sum}; your limit is {limit}. Nothing was sent.",
        sum=sum_,
        limit=limit,
    )
    fix = tr("Send it anyway, or raise the limit in Settings.")
    return HelperError(ErrorKind.LIMIT, message, fix, command_fix=command_fix)


def _file(folder: Path, month: str) -> Path:
    return folder / f"{month}.jsonl"


def _line(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or not isinstance(line.get("day"), str):
        return None
    counts = all(type(line.get(name)) is int and line[name] >= 0 for name in ("read", "written"))
    cost = line.get("currency") is None or (
        isinstance(line["currency"], str) and type(line.get("cost")) in (int, float) and 0 <= line["cost"] < 1e12
    )
    return line if counts and cost else None
