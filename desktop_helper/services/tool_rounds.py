"""Runs the tools that a model asks for."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.messages import Message, Role, TextPart, ToolCall, ToolSpec
from desktop_helper.core.tools import Tool, ToolResult

_log = logging.getLogger(__name__)


def specs(tools: Sequence[Tool]) -> tuple[ToolSpec, ...]:
    """The tools as a request offers them."""
    return tuple(ToolSpec(tool.name, tool.description, tool.parameters) for tool in tools)


def run_call(call: ToolCall, tools: Sequence[Tool], cancel: CancelToken) -> Message:
    """The result of one call, as the message that answers it.

    The model reads what went wrong and may try again, so errors become results. Raises `HelperError(CANCELLED)` only.
    """
    result = _run(call, tools, cancel)
    parts = (*result.media, TextPart(result.text))
    return Message(Role.TOOL, parts, call_id=call.call_id)


def _run(call: ToolCall, tools: Sequence[Tool], cancel: CancelToken) -> ToolResult:
    tool = next((tool for tool in tools if tool.name == call.name), None)
    if tool is None:
        return ToolResult(f"Error: there is no tool called {call.name!r}.")
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return ToolResult("Error: the arguments are not valid JSON.")
    if not isinstance(arguments, dict):
        return ToolResult("Error: the arguments are not a JSON object.")
    try:
        cancel.raise_if_cancelled()
        return tool.run(arguments, cancel)
    except HelperError as error:
        if error.kind is ErrorKind.CANCELLED:
            raise
        return ToolResult(f"Error: {error.message}")
    except Exception as error:  # noqa: BLE001 - a fault in one tool must not end the answer
        _log.error("The tool %s raised %s\n%s", tool.name, type(error).__name__, stack(error))
        return ToolResult("Error: the tool failed.")
