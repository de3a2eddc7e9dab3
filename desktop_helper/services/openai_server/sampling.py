"""How to generate, in the words of OpenAI, llama.cpp, vLLM and Z.ai. Pure."""

from __future__ import annotations

from typing import Any

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Sampling, Thinking
from desktop_helper.services.openai_server.fields import Fields

MOST_TOKENS = 2**31 - 1
MOST_STOPS = 16
_BUDGETS = ("thinking_budget_tokens", "reasoning_budget_tokens", "thinking_token_budget", "reasoning_budget")


def sampling(request: Fields) -> Sampling:
    """What the request says about it; what it does not say is left to the model. Raises `Refusal`."""
    budget = _budget(request)
    effort = request.text("reasoning_effort")
    penalty = request.first("repeat_penalty", "repetition_penalty")
    limit = request.first("max_completion_tokens", "max_tokens")
    return Sampling(
        thinking=Thinking.OFF if budget == 0 else _thinking(request, effort),
        thinking_budget=budget or None,
        effort=effort if effort != "none" else None,
        max_tokens=_none_if_negative(request.whole(limit, -1, MOST_TOKENS), limit, request),
        temperature=request.number("temperature", 0, 2),
        top_p=request.number("top_p", 0, 1),
        top_k=_none_below_zero(request.whole("top_k", -1, MOST_TOKENS)),
        min_p=request.number("min_p", 0, 1),
        repetition_penalty=request.number(penalty, 0.01, 10),
        presence_penalty=request.number("presence_penalty", -2, 2),
        frequency_penalty=request.number("frequency_penalty", -2, 2),
        seed=_seed(request),
        stop=_stop(request),
        json_schema=_json_schema(request),
    )


def _thinking(request: Fields, effort: str | None) -> Thinking:
    template = request.object("chat_template_kwargs")
    wanted = template.flag("enable_thinking") if template is not None else None
    if wanted is not None:
        return Thinking.ON if wanted else Thinking.OFF
    switch = request.object("thinking")
    word = switch.text("type") if switch is not None else None
    if switch is not None and word is not None:
        words = {"enabled": Thinking.ON, "disabled": Thinking.OFF, "auto": Thinking.AUTO, "adaptive": Thinking.AUTO}
        if word not in words:
            message = tr("“{field}” must be one of {names}.", field="thinking.type", names=", ".join(words))
            raise switch.wrong("type", message, code="invalid_value")
        return words[word]
    if effort is not None:
        return Thinking.OFF if effort == "none" else Thinking.ON
    return Thinking.AUTO


def _budget(request: Fields) -> int | None:
    """Tokens of reasoning; below zero means without end."""
    switch = request.object("thinking")
    if switch is not None and switch.raw("budget_tokens") is not None:
        return _none_below_zero(switch.whole("budget_tokens", -1, MOST_TOKENS))
    return _none_below_zero(request.whole(request.first(*_BUDGETS), -1, MOST_TOKENS))


def _none_below_zero(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


def _none_if_negative(value: int | None, name: str, request: Fields) -> int | None:
    """-1 is how llama.cpp says "without a limit"."""
    if value == 0:
        limits = {"low": 1, "high": MOST_TOKENS}
        message = tr("“{field}” must be a whole number from {low} to {high}.", field=request.where(name), **limits)
        raise request.wrong(name, message, code="invalid_value")
    return _none_below_zero(value)


def _seed(request: Fields) -> int | None:
    """Samplers take 32 bits; -1 is how llama.cpp says "any"."""
    seed = request.whole("seed", -(2**63), 2**64 - 1)
    return None if seed is None or seed == -1 else seed % 2**32


def _stop(request: Fields) -> tuple[str, ...]:
    given = request.raw("stop")
    stops = [given] if isinstance(given, str) else given
    if stops is None:
        return ()
    if not isinstance(stops, list) or len(stops) > MOST_STOPS or not all(isinstance(stop, str) for stop in stops):
        message = tr("“stop” must be text or a list of at most {count} texts.", count=MOST_STOPS)
        raise request.wrong("stop", message)
    return tuple(stop for stop in stops if stop)


def _json_schema(request: Fields) -> dict[str, Any] | None:
    """`{}` stands for any JSON."""
    wanted = request.object("response_format")
    if wanted is None:
        return None
    kind = wanted.text("type")
    if kind in (None, "text"):
        return None
    if kind == "json_object":
        schema = wanted.object("schema")  # llama.cpp's addition
        return dict(schema.values) if schema is not None else {}
    if kind == "json_schema":
        outer = wanted.object("json_schema")
        schema = outer.object("schema") if outer is not None else wanted.object("schema")
        if schema is not None:
            return dict(schema.values)
        where = wanted.where("json_schema.schema")
        raise wanted.wrong("json_schema.schema", tr("“{field}” must be an object.", field=where))
    names = "text, json_object, json_schema"
    message = tr("“{field}” must be one of {names}.", field=wanted.where("type"), names=names)
    raise wanted.wrong("type", message, code="invalid_value")
