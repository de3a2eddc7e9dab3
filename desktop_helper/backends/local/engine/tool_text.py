"""Tool calls as GLM and Qwen models write them into their answers.

GLM-4.5 and later:

    <tool_call>zoom
    <arg_key>box</arg_key>
    <arg_value>[1, 2, 3, 4]</arg_value>
    </tool_call>

Qwen, Hermes and many others put a JSON object between the tags: `{"name": "zoom", "arguments": {"box": [1, 2, 3, 4]}}`.
Source: the chat templates in these models' files.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from desktop_helper.core.answer_markers import partial_marker
from desktop_helper.core.events import TextDelta, ToolCallRequested

OPEN, CLOSE = "<tool_call>", "</tool_call>"
_ARGUMENT = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)


class ToolText:
    """Takes tool calls out of the answer's text.

    Args:
        tools: the offered tools as OpenAI writes them. Without any, everything is text.
    """

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        self._parameters = {tool["function"]["name"]: tool["function"].get("parameters", {}) for tool in tools}
        self._held = ""
        self._calls = 0

    @property
    def calls(self) -> int:
        """How many calls there were so far."""
        return self._calls

    def feed(self, text: str) -> list[TextDelta | ToolCallRequested]:
        """More of the answer. Returns what is certain now."""
        if not self._parameters:
            return [TextDelta(text)] if text else []
        self._held += text
        events: list[TextDelta | ToolCallRequested] = []
        while True:
            begin = self._held.find(OPEN)
            if begin < 0:
                cut = partial_marker(self._held, (OPEN,))
                self._put(events, self._held[:cut])
                self._held = self._held[cut:]
                return events
            end = self._held.find(CLOSE, begin)
            if end < 0:
                self._put(events, self._held[:begin])
                self._held = self._held[begin:]
                return events
            self._put(events, self._held[:begin])
            events.append(self._call(self._held[begin + len(OPEN) : end]))
            self._held = self._held[end + len(CLOSE) :]

    def close(self) -> list[TextDelta | ToolCallRequested]:
        """The answer is over: a call that only lacks its end counts, anything else is text."""
        held, self._held = self._held, ""
        if not held:
            return []
        if held.startswith(OPEN):
            call = self._call(held[len(OPEN) :])
            if call.name in self._parameters:
                return [call]
            self._calls -= 1
        return [TextDelta(held)]

    def _put(self, events: list[TextDelta | ToolCallRequested], text: str) -> None:
        """Blank lines between and after calls are nobody's text."""
        if text.strip() or (text and not self._calls):
            events.append(TextDelta(text))

    def _call(self, body: str) -> ToolCallRequested:
        self._calls += 1
        name, arguments = _json_call(body) or self._glm_call(body)
        # Clients find a call's result by its name in the whole conversation, which may have many answers with calls.
        return ToolCallRequested(f"call_{secrets.token_hex(8)}", name, arguments)

    def _glm_call(self, body: str) -> tuple[str, str]:
        name = body.split("<arg_key>", 1)[0].strip()
        parameters = self._parameters.get(name)
        properties = parameters.get("properties") if isinstance(parameters, dict) else None
        kinds = properties if isinstance(properties, dict) else {}
        arguments = {key.strip(): _value(text, kinds.get(key.strip())) for key, text in _ARGUMENT.findall(body)}
        return name, json.dumps(arguments, ensure_ascii=False)


def _json_call(body: str) -> tuple[str, str] | None:
    try:
        call = json.loads(body)
    except ValueError:
        return None
    if not isinstance(call, dict) or not isinstance(call.get("name"), str):
        return None
    arguments = call.get("arguments", call.get("parameters", {}))
    return call["name"], arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def _value(text: str, schema: Any) -> Any:
    """Templates write strings as they are and everything else as JSON."""
    if isinstance(schema, dict) and schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
