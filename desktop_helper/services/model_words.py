"""What a provider file says about a model, on one line."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_helper.core.i18n import tr
from desktop_helper.core.price import Price
from desktop_helper.services.money import money_text
from desktop_helper.services.provider_file import ModelSpec


def model_words(model: ModelSpec, price: Price | None) -> str:
    """What it costs and how much it can read; empty if nothing is known."""
    words = " · ".join(_words(model, price))
    return words[:1].upper() + words[1:]


def _words(model: ModelSpec, price: Price | None) -> Iterator[str]:
    if price is not None and price.is_free:
        yield tr("free of charge")
    elif price is not None:
        yield tr(
            "a million tokens cost {input} to read, {output} to write",
            input=money_text(price.input, price.currency),
            output=money_text(price.output, price.currency),
        )
    if model.context_tokens:
        yield tr("reads {count} tokens", count=_short(model.context_tokens))
    if model.max_output_tokens:
        yield tr("writes {count}", count=_short(model.max_output_tokens))
    if model.max_images is not None:
        yield _pictures(model.max_images)


def _pictures(count: int) -> str:
    return tr("{count} pictures at once", count=count) if count else tr("no pictures")


def _short(tokens: int) -> str:
    """128K and 1M for powers of two, as providers write them; else 203K, near enough for a choice."""
    for unit, sign in ((1 << 20, "M"), (1 << 10, "K"), (1_000_000, "M"), (1000, "K")):
        exact = unit & (unit - 1) == 0
        if tokens >= unit and (not exact or tokens % unit == 0):
            return f"{tokens / unit:.2f}".rstrip("0").rstrip(".") + sign if sign == "M" else f"{round(tokens / unit)}K"
    return str(tokens)
