"""Renders a conversation with the model's own chat template; what people wrote stays apart from its own words."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from desktop_helper.backends.local.wire import Picture
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking


@dataclass(frozen=True, slots=True)
class Text:
    """Part of a prompt. `control`: the template wrote it, so that `<|user|>` is a control token."""

    text: str
    control: bool = True


Piece = Text | Picture


class ChatTemplate:
    """The chat template of one model.

    Control tokens that stand in a message, a file or a tool's result are letters, not control tokens: else a web page
    could end the user's turn and speak as the system. And nobody can type the marker of a picture, since it is random.

    Args:
        source: the Jinja template of the GGUF.
        begin, end: names of the begin- and end-of-text token.
        control: names of the model's control tokens.
        model: its name, for messages.
    """

    def __init__(self, source: str, begin: str, end: str, control: tuple[str, ...], model: str) -> None:
        self._model = model
        if not source:
            raise HelperError(
                ErrorKind.MODEL,
                tr("{name} has no chat template, so it is not made for conversations.", name=model),
                tr("Choose a chat model."),
            )
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _GenerationTag]
        )
        environment.filters["tojson"] = _to_json
        environment.globals.update(
            bos_token=begin,
            eos_token=end,
            raise_exception=_refuse,
            strftime_now=lambda form: datetime.now().strftime(form),
        )
        try:
            self._template = environment.from_string(source)
        except (TemplateError, RecursionError) as error:
            raise self._unusable() from error
        self._control = re.compile("|".join(map(re.escape, control))) if control else None

    def render(
        self, messages: list[dict[str, Any]], tools: list[dict[str, Any]], thinking: Thinking = Thinking.AUTO
    ) -> list[Piece]:
        """The prompt for the model's next turn. Raises `HelperError` if the template cannot do it."""
        inserts = _Inserts(self._control)
        switch = {} if thinking is Thinking.AUTO else {"enable_thinking": thinking is Thinking.ON}
        try:
            text = self._template.render(
                messages=[inserts.protect(message) for message in messages],
                tools=inserts.protect(tools) or None,
                add_generation_prompt=True,
                **switch,
            )
        except (
            TemplateError,
            ValueError,
            TypeError,
            ArithmeticError,
            LookupError,
            AttributeError,
            RuntimeError,
        ) as error:
            raise self._unusable() from error
        return inserts.split(text)

    def _unusable(self) -> HelperError:
        message = tr("The chat template of {name} could not be used.", name=self._model)
        return HelperError(ErrorKind.MODEL, message, tr("Choose another GGUF of this model."))


class _Inserts:
    """Replaces what the template must not see by markers that nobody can know."""

    def __init__(self, control: re.Pattern[str] | None) -> None:
        self._nonce = secrets.token_hex(8)
        self._control = control
        self._inserts: list[Piece] = []

    def protect(self, value: Any) -> Any:
        """`value` with markers in all its texts and in place of pictures."""
        if isinstance(value, str):
            return self._control.sub(lambda match: self._mark(Text(match[0], False)), value) if self._control else value
        if isinstance(value, Picture):
            return {"type": "text", "text": self._mark(value)}
        if isinstance(value, Mapping):
            # Names of arguments as well: models and clients choose them.
            return {self.protect(key): self.protect(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.protect(item) for item in value]
        return value

    def split(self, text: str) -> list[Piece]:
        """The rendered text with what the markers stand for."""
        pieces: list[Piece] = []
        for index, part in enumerate(re.split(f"<{self._nonce}:([0-9]+)>", text)):
            if index % 2:
                pieces.append(self._inserts[int(part)])
            elif part:
                pieces.append(Text(part))
        return pieces

    def _mark(self, insert: Piece) -> str:
        self._inserts.append(insert)
        return f"<{self._nonce}:{len(self._inserts) - 1}>"


class _GenerationTag(Extension):
    """`{% generation %}` marks training data in some templates; here it means nothing."""

    tags = {"generation"}  # noqa: RUF012 - Jinja declares it like this

    def parse(self, parser: Parser) -> Node | list[Node]:
        """Return what stands between the tags."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: Any, indent: int | None = None, **_: Any) -> str:
    """Unlike Jinja's own, it does not escape for HTML."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)
