"""A data set for LLaMA-Factory, as GLM-V's own fine-tuning reads it: a list of `messages` with their `images`.

What the models' authors ask for holds: an answer is `<think>…</think><answer>…</answer>`; without the `answer` tags for
GLM-4.5V and later; what was thought in earlier turns is left out, as the chat template does. Only whole answers teach
anything, so a conversation ends with its last whole answer, and one without any is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from desktop_helper.core.as_sent import as_sent
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, Part, Role
from desktop_helper.core.quoting import quote_file
from desktop_helper.services.export.format import Conversation, ExportFormat, ExportOptions, MediaFolder

if TYPE_CHECKING:
    from desktop_helper.services.history_records import StoredMessage

_WHOLE = ("stop", "tool_calls", "complete")
_WITH_ANSWER_TAGS = re.compile(r"glm-?4\.1v", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"<(?=(?:image|video|audio)>)")


def _render(conversations: Iterable[Conversation], options: ExportOptions) -> str:
    samples = [sample for one in conversations if (sample := _sample(one.messages, options)) is not None]
    if not samples:
        raise HelperError(
            ErrorKind.USAGE,
            tr("There is nothing to learn from: no conversation has a whole answer."),
            tr("Choose others, or another format."),
        )
    return json.dumps(samples, ensure_ascii=False, indent=2) + "\n"


def _sample(messages: Sequence[StoredMessage], options: ExportOptions) -> dict[str, Any] | None:
    turns = _turns(options.each(messages))
    if not turns:
        return None
    written: list[dict[str, str]] = []
    images: list[str] = []
    for number, turn in enumerate(turns):
        last = number == len(turns) - 1
        if turn[0].message.role is Role.ASSISTANT:
            written.append({"role": "assistant", "content": _answer(turn[-1], last=last)})
            continue
        parts = [part for stored in turn for part in stored.message.parts]
        images += [_path(part, options.media) for part in parts if isinstance(part, ImagePart)]
        asked = ("".join(map(_asked, as_sent(stored.message.parts))) for stored in turn)
        written.append({"role": "user", "content": "\n\n".join(asked)})
    return {"messages": written, "images": images}


def _turns(messages: Iterable[StoredMessage]) -> list[list[StoredMessage]]:
    """Questions and whole answers in turn, beginning with a question and ending with an answer.

    A question that got no whole answer belongs to the next one. Calls of tools and their results are no part of this
    form.
    """
    turns: list[list[StoredMessage]] = []
    for stored in messages:
        if stored.message.role not in (Role.USER, Role.ASSISTANT) or not stored.message.parts:
            continue
        answers = stored.message.role is Role.ASSISTANT
        if answers and (stored.status not in _WHOLE or not stored.message.text.strip()):
            continue
        if turns and turns[-1][0].message.role is stored.message.role:
            turns[-1].append(stored)
        elif turns or not answers:
            turns.append([stored])
    while turns and turns[-1][0].message.role is not Role.ASSISTANT:
        turns.pop()
    return turns


def _answer(stored: StoredMessage, *, last: bool) -> str:
    text = _quoted(stored.message.text.strip())
    if _WITH_ANSWER_TAGS.search(stored.model):
        text = f"<answer>{text}</answer>"
    thinking = _quoted(stored.message.thinking.strip()) if last else ""
    return f"<think>\n{thinking}</think>\n{text}" if thinking else text


def _asked(part: Part) -> str:
    if isinstance(part, ImagePart):
        return "<image>"
    if isinstance(part, FilePart):
        return _quoted(quote_file(part))
    return _quoted(part.text)


def _quoted(text: str) -> str:
    """`<image>` in words is no place for a picture: LLaMA-Factory counts them against the list of files."""
    return _PLACEHOLDER.sub("< ", text)


def _path(part: ImagePart, media: MediaFolder | None) -> str:
    if media is None:
        raise HelperError(
            ErrorKind.USAGE,
            tr("The pictures of this data set need a place beside it."),
            tr("Say where to write with -o FILE or -o FOLDER."),
        )
    return media.add(part)


FORMAT = ExportFormat(
    name="llamafactory",
    title=lambda: tr("Training data for LLaMA-Factory"),
    suffix=".json",
    joined=True,
    render=_render,
)
