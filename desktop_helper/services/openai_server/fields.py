"""Reads the fields of a JSON object that a stranger wrote: absent, null, of the right type, or refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from desktop_helper.core.i18n import tr
from desktop_helper.services.openai_server.refusal import Refusal, wrong_field

MOST_LEVELS = 100
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object and where in the request it stands."""

    values: Mapping[str, Any]
    path: str = ""

    def where(self, name: str) -> str:
        """The full name of a field, as a refusal says it."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> Any:
        """The value as it is; None if it is absent."""
        return self.values.get(name)

    def first(self, *names: str) -> str:
        """The name among `names` that has a value; the first one if none has. For fields with aliases."""
        return next((name for name in names if self.raw(name) is not None), names[0])

    def text(self, name: str) -> str | None:
        """Text, or None."""
        value = self.raw(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, tr("“{field}” must be text.", field=self.where(name)))
        return value

    def flag(self, name: str) -> bool | None:
        """True, false, or None."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, tr("“{field}” must be true or false.", field=self.where(name)))
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`, or None."""
        value = self.raw(name)
        if value is None:
            return None
        # True is an int to Python, and NaN is below and above nothing.
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            limits = {"low": f"{low:g}", "high": f"{high:g}"}
            message = tr("“{field}” must be a number from {low} to {high}.", field=self.where(name), **limits)
            raise self.wrong(name, message)
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            limits = {"low": low, "high": high}
            message = tr("“{field}” must be a whole number from {low} to {high}.", field=self.where(name), **limits)
            raise self.wrong(name, message)
        return value

    def items(self, name: str) -> list[Any] | None:
        """A list, or None."""
        value = self.raw(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, tr("“{field}” must be a list.", field=self.where(name)))
        return value

    def object(self, name: str) -> Fields | None:
        """An object, or None."""
        value = self.raw(name)
        return None if value is None else _object(value, self.where(name))

    def objects(self, name: str) -> Iterator[Fields]:
        """The objects of a list; nothing if it is absent."""
        for index, value in enumerate(self.items(name) or ()):
            yield _object(value, f"{self.where(name)}[{index}]")

    def wrong(self, name: str, message: str, fix: str = "", code: str = "invalid_type") -> Refusal:
        """A refusal of the field `name`."""
        return wrong_field(self.where(name), message, fix, code)


def parse(body: bytes) -> Fields:
    """The JSON object of a request's body. Raises `Refusal`."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        if _HALF.search(body):
            value = _without_halves(value)
    except (ValueError, RecursionError):  # the latter for ten thousand brackets
        message = tr("The body of the request is not valid JSON.")
        raise Refusal(400, message, tr("Send an object as OpenAI's API describes it."), code="invalid_json") from None
    if _is_deeper(value, MOST_LEVELS):
        message = tr("The request has more than {count} levels of lists and objects.", count=MOST_LEVELS)
        raise Refusal(400, message, tr("Use a simpler schema."), code="too_deep")
    return _object(value, "")


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether there is something in `value` that Python's stack has no room for on its way to the model."""
    if not isinstance(value, dict | list):
        return False
    items = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in items)


def _object(value: Any, path: str) -> Fields:
    if isinstance(value, dict):
        return Fields(value, path)
    if not path:
        raise Refusal(400, tr("The body of the request is not a JSON object."), code="invalid_json")
    raise wrong_field(path, tr("“{field}” must be an object.", field=path), code="invalid_type")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are Python's idea of JSON


def _without_halves(value: Any) -> Any:
    """With a replacement for each half of a surrogate pair, which clients make that cut text, and UTF-8 cannot hold."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
