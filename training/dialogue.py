"""How questions and answers stand in the model's text: the chat template, and the same in Python.

Like GLM-4.6V's own template, with two liberties that a model this small needs: the system prompt is left out, since it
could not follow one, and the only tool, `zoom`, is named behind the question. It thinks only if it is asked to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.questions import Turn
from training.vocabulary import Vocabulary

CHAT_TEMPLATE = """[gMASK]<sop>
{%- macro visible(content) -%}
{%- if content is string -%}{{ content }}
{%- else -%}
{%- for part in content -%}{%- if part.type == 'text' -%}{{ part.text }}{%- endif -%}{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- set aloud = enable_thinking is defined and enable_thinking -%}
{%- set ns = namespace(zoom=false) -%}
{%- for tool in tools or [] -%}
{%- if (tool.function or tool).name == 'zoom' -%}{%- set ns.zoom = true -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- if message.role == 'user' -%}<|user|>{{ '\\n' }}
{{- visible(message.content) }}{{ '/zoom' if ns.zoom else '' }}{{ '' if aloud else '/nothink' }}
{%- elif message.role == 'assistant' -%}<|assistant|>{{ '\\n<think></think>\\n' }}{{ visible(message.content) }}
{%- elif message.role == 'tool' -%}<|observation|>{{ '\\n' }}{{ visible(message.content) }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|assistant|>{{ '' if aloud else '\\n<think></think>' }}{%- endif -%}
"""
START = "[gMASK]<sop><|user|>\n<|begin_of_image|>"  # what stands before the picture
NO_PICTURE = "[gMASK]<sop><|user|>\n"
AFTER_PICTURE = "<|end_of_image|>"
END = "<|user|>"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a dialogue; the model learns to write it if it is `learned`."""

    text: str
    learned: bool


def pieces(turn: Turn, *, before: Turn | None = None) -> list[Piece]:
    """What follows the picture: the question, the answer, perhaps after an earlier turn about the same picture."""
    aloud = bool(turn.thought)
    asked = ""
    if before is not None:
        asked = _question(before, aloud, turn.tools) + "<|assistant|>\n<think></think>\n" + _as_shown(before.answer)
        asked += "<|user|>\n"
    asked += _question(turn, aloud, turn.tools) + "<|assistant|>"
    if aloud:
        return [Piece(asked, False), Piece(f"\n<think>{turn.thought}</think>\n{turn.answer}{END}", True)]
    return [Piece(f"{asked}\n<think></think>", False), Piece(f"\n{turn.answer}{END}", True)]


def encoded(vocabulary: Vocabulary, turn: Turn, *, before: Turn | None = None) -> tuple[list[int], int]:
    """The tokens behind the picture, and how many of them are the question."""
    asked, said = (vocabulary.encode(piece.text) for piece in pieces(turn, before=before))
    return asked + said, len(asked)


def _question(turn: Turn, aloud: bool, zoom: bool) -> str:
    return turn.question + ("/zoom" if zoom else "") + ("" if aloud else "/nothink")


def _as_shown(answer: str) -> str:
    """An earlier answer as the app sends it back: its markers have been taken out."""
    return re.sub(r"<\|(?:begin|end)_of_box\|>", "", answer)
