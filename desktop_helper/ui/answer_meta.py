"""Who answered and how fast: one line, and more for whoever points at it."""

from __future__ import annotations

from desktop_helper.core.events import UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.model_names import short_name
from desktop_helper.services.money import money_text


def meta_line(model_title: str, usage: UsageReported | None) -> str:
    """The line below an answer."""
    parts = [short_name(model_title)] if model_title else []
    if usage and usage.ttft_s is not None:
        parts.append(tr("{seconds} s to first token", seconds=f"{usage.ttft_s:.1f}"))
    if usage and usage.tokens_per_s is not None:
        parts.append(tr("{speed} tokens/s", speed=f"{usage.tokens_per_s:.0f}"))
    return " · ".join(parts)


def meta_details(usage: UsageReported | None) -> list[str]:
    """What was counted, a line each."""
    if usage is None:
        return []
    lines = []
    if usage.prompt_tokens is not None:
        read = f"{usage.prompt_tokens:,}"
        if usage.cached_tokens:
            known = f"{usage.cached_tokens:,}"
            lines.append(tr("{known} of {read} tokens known already", known=known, read=read))
        else:
            lines.append(tr("{read} tokens read", read=read))
    if usage.completion_tokens is not None:
        lines.append(tr("{written} tokens written", written=f"{usage.completion_tokens:,}"))
    if usage.cost is not None and usage.currency:
        paid = money_text(usage.cost, usage.currency) if usage.cost else tr("free")
        lines.append(tr("Cost: {sum}", sum=paid))
    if usage.ttft_s is not None:
        lines.append(tr("{seconds} s to first token", seconds=f"{usage.ttft_s:.2f}"))
    if usage.tokens_per_s is not None:
        lines.append(tr("{speed} tokens/s", speed=f"{usage.tokens_per_s:.1f}"))
    return lines
