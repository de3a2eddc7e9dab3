"""The words, the automaton and the chat template of `tests.support.tiny_gguf`."""

from __future__ import annotations

from dataclasses import dataclass

import gguf
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

RESERVED = 6  # numbers at the front of every hidden state
ALWAYS, ABOUT_TO_THINK, FIRST_THOUGHT, THINKING, FIRST_WORD, ANSWERING = range(RESERVED)
_ON = 6.0  # how strongly a token's embedding sets its state
_NEVER = -12.0  # how strongly the output layer avoids a token; its reserved number is about 3 after the last norm
_OFTEN = 12.25
_SELDOM = 11.85

_SPECIAL = """
[gMASK] <sop> <|system|> <|user|> <|assistant|> <|observation|> <|begin_of_image|> <|end_of_image|> <|image|>
<|begin_of_video|> <|end_of_video|> <|video|> <|begin_of_box|> <|end_of_box|> <think> </think> <|endoftext|>
"""
SPECIAL = _SPECIAL.split()
_PRINTED = {"<|begin_of_box|>", "<|end_of_box|>", "<think>", "</think>"}

_THOUGHTS = (
    " first| so| maybe| look| again| closer| wait| perhaps| then| because| it| seems| like| that| looks| check| let| me"
    "| see| both| sides| still| compare| count| lines| edges| guess| hmm| now| left| right| below| above|想|先|再|看"
)
_ANSWERS = (
    " The| window| shows| a| blue| button| and| the| list| of| files| with| red| text| in| small| letters| near| an"
    "| icon| menu| error| chart| table| green| line| grows| from| top| to| bottom"
    "| is| are| two| three| page| title|.|,|!"
    "|窗口|显示|文件|按钮|图标|一个|红色|文字|的|。|，| **bold**| `code`|\n\n"
)

# Like GLM-4.6V's own: thinking off is said in every user turn and closed in advance at the end.
CHAT_TEMPLATE = """[gMASK]<sop>
{%- macro visible(content) -%}
{%- if content is string -%}{{ content }}
{%- else -%}
{%- for part in content -%}{%- if part.type == 'text' -%}{{ part.text }}{%- endif -%}{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- set silent = enable_thinking is defined and not enable_thinking -%}
{%- for message in messages -%}
{%- if message.role == 'user' -%}<|user|>
{{ visible(message.content) }}{{ '/nothink' if silent else '' }}
{%- elif message.role == 'assistant' -%}<|assistant|>
<think></think>
{{ visible(message.content) }}
{%- elif message.role == 'system' -%}<|system|>
{{ visible(message.content) }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|assistant|>{{ '\\n<think></think>' if silent else '' }}{%- endif -%}
"""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens with what they do to the automaton.

    Args:
        tokens, types, merges: as a GGUF stores a byte-level BPE tokenizer.
        states: per token, the reserved numbers that its embedding sets.
        preferences: per token, the weights by which the output layer reads the reserved numbers.
    """

    tokens: list[str]
    types: list[int]
    merges: list[str]
    states: Array
    preferences: Array

    @classmethod
    def create(cls, *, endless: bool = False, thinks_for_ever: bool = False) -> Vocabulary:
        """All bytes, some words, and GLM's special tokens."""
        letters = list(_byte_letters().values())
        thoughts, answers = ([_spell(word) for word in text.split("|")] for text in (_THOUGHTS, _ANSWERS))
        assert not set(thoughts) & set(answers)
        words = list(dict.fromkeys(word for word in thoughts + answers if word not in letters))
        tokens = [*letters, "Ġt", "he", "in", "er", *words, *SPECIAL]
        normal, control, printed = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED
        types = [normal if token not in SPECIAL else printed if token in _PRINTED else control for token in tokens]
        states = np.zeros((len(tokens), RESERVED), dtype=np.float32)
        preferences = np.zeros_like(states)
        states[:, ALWAYS] = _ON
        preferences[:, ALWAYS] = _NEVER
        vocabulary = cls(tokens, [int(kind) for kind in types], ["Ġ t", "h e", "i n", "e r"], states, preferences)
        vocabulary._wire(thoughts, answers, endless=endless, thinks_for_ever=thinks_for_ever)
        return vocabulary

    def id_of(self, token: str) -> int:
        """The token's number."""
        return self.tokens.index(token)

    def _wire(self, thoughts: list[str], answers: list[str], *, endless: bool, thinks_for_ever: bool) -> None:
        """Make the automaton.

        In a state, -_NEVER lifts a token to where its random part decides; more makes it likelier.
        """
        for word in answers:
            self.states[self.id_of(word), ANSWERING] = _ON
            self.preferences[self.id_of(word), FIRST_WORD] = self.preferences[self.id_of(word), ANSWERING] = -_NEVER
        for word in thoughts:
            self.states[self.id_of(word), THINKING] = _ON
            self.preferences[self.id_of(word), FIRST_THOUGHT] = self.preferences[self.id_of(word), THINKING] = -_NEVER
        self._rule("<|assistant|>", ABOUT_TO_THINK)
        self._rule("<think>", FIRST_THOUGHT, ABOUT_TO_THINK, -_NEVER)
        self._rule("</think>", FIRST_WORD, THINKING, _NEVER if thinks_for_ever else _OFTEN)
        self._rule("<|endoftext|>", ANSWERING, ANSWERING, _NEVER if endless else _SELDOM)
        self._rule("Ċ", FIRST_WORD)

    def _rule(self, token: str, leads_to: int, comes_in: int | None = None, weight: float = 0.0) -> None:
        number = self.id_of(token)
        self.states[number, ALWAYS + 1 :] = 0
        self.states[number, leads_to] = _ON
        if comes_in is not None:
            self.preferences[number, comes_in] = weight


def _byte_letters() -> dict[int, str]:
    """GPT-2's letter for every byte: itself if it is visible, else one from 256 on."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + index) for index, byte in enumerate(hidden)}


def _spell(word: str) -> str:
    letters = _byte_letters()
    return "".join(letters[byte] for byte in word.encode())
