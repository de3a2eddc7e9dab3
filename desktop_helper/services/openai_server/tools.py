"""The tools of a request, and a call that the client insists on. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ToolSpec
from desktop_helper.services.openai_server.fields import Fields

MOST_TOOLS = 128
MOST_NAME = 128


@dataclass(frozen=True, slots=True)
class Forced:
    """A call that must come: the answer is held to a JSON schema, and becomes the call.

    Args:
        schema: of the answer.
        name: the tool; empty if the model chooses one, which the answer then names.
    """

    schema: dict[str, Any]
    name: str = ""

    def call(self, text: str) -> tuple[str, str] | None:
        """Name and arguments of the call that an answer stands for; None if it stands for none."""
        if self.name:
            return self.name, text.strip()
        try:
            answer = json.loads(text)
            return str(answer["name"]), json.dumps(answer["arguments"], ensure_ascii=False)
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


def tools(request: Fields) -> tuple[tuple[ToolSpec, ...], Forced | None]:
    """The tools that the model may use, and what it must do with them. Raises `Refusal`."""
    given = request.items("tools") or []
    if len(given) > MOST_TOOLS:
        message = tr("“{field}” must be a list of at most {count} tools.", field="tools", count=MOST_TOOLS)
        raise request.wrong("tools", message, code="invalid_value")
    specs = tuple(_spec(tool) for tool in request.objects("tools"))
    choice = request.raw("tool_choice")
    if choice in (None, "auto"):
        return specs, None
    if choice == "none":
        return (), None
    if choice == "required" and specs:
        return specs, _any_of(specs)
    wanted = _named(request) if isinstance(choice, dict) else ""
    chosen = next((spec for spec in specs if spec.name == wanted), None)
    if chosen is None:
        message = tr("“tool_choice” must be auto, none, required, or one of the tools.")
        raise request.wrong("tool_choice", message, code="invalid_value")
    return (chosen,), Forced(chosen.parameters, chosen.name)


def _named(request: Fields) -> str:
    choice = request.object("tool_choice")
    function = choice.object("function") if choice is not None else None
    return (function.text("name") or "") if function is not None else ""


def _any_of(specs: tuple[ToolSpec, ...]) -> Forced:
    if len(specs) == 1:
        return Forced(specs[0].parameters, specs[0].name)
    choices = [
        {
            "type": "object",
            "properties": {"name": {"const": spec.name}, "arguments": spec.parameters},
            "required": ["name", "arguments"],
        }
        for spec in specs
    ]
    return Forced({"anyOf": choices})


def _spec(tool: Fields) -> ToolSpec:
    if tool.text("type") not in (None, "function"):
        message = tr("“{field}” must be one of {names}.", field=tool.where("type"), names="function")
        raise tool.wrong("type", message, code="invalid_value")
    function = tool.object("function")
    name = function.text("name") if function is not None else None
    if function is None or not name or len(name) > MOST_NAME:
        where = tool.where("function.name")
        message = tr("“{field}” must be a name of 1 to {count} characters.", field=where, count=MOST_NAME)
        raise tool.wrong("function.name", message, code="invalid_value")
    parameters = function.object("parameters")
    schema: dict[str, object] = {"type": "object", "properties": {}}
    if parameters is not None:
        schema = dict(parameters.values)
    return ToolSpec(name, function.text("description") or "", schema)
