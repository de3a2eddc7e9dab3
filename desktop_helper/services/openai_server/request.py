"""A request of OpenAI's chat API as a `ChatRequest`. Pure, but for the reader of pictures that it is handed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest
from desktop_helper.services.openai_server.content import ReadPicture, messages
from desktop_helper.services.openai_server.fields import Fields, parse
from desktop_helper.services.openai_server.sampling import sampling
from desktop_helper.services.openai_server.tools import Forced, tools


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client wants.

    Args:
        request: for the backend.
        stream: to be answered in pieces.
        usage: the pieces end with one that has the token counts.
        forced: a tool call that must come.
    """

    request: ChatRequest
    stream: bool = False
    usage: bool = False
    forced: Forced | None = None


def translate(body: bytes, read_picture: ReadPicture) -> Asked:
    """Read the body of `POST /v1/chat/completions`. Raises `HelperError` and nothing else.

    Unknown fields are ignored, as OpenAI's own clients expect of servers that are older than they are.
    """
    fields = parse(body)
    _check_common(fields)
    specs, forced = tools(fields)
    how = sampling(fields)
    if forced is not None:
        how = replace(how, json_schema=forced.schema)
    options = fields.object("stream_options")
    return Asked(
        # The pictures last: they are the dear part, and any other fault is found before.
        ChatRequest(messages(fields, read_picture), how, specs),
        stream=fields.flag("stream") or False,
        usage=(options.flag("include_usage") or False) if options is not None else False,
        forced=forced,
    )


def _check_common(fields: Fields) -> None:
    fields.text("model")  # one model answers, whatever it is called; but a list of names would be a mistake
    if fields.raw("n") is not None and fields.whole("n", 1, 128) != 1:
        message = tr("“n” must be 1: one answer is given at a time.")
        raise fields.wrong("n", message, code="unsupported_value")
