"""Random answers as GLM models write them, each with what a perfect reader makes of it."""

from __future__ import annotations

import random
from dataclasses import dataclass

BOX_OPEN, BOX_CLOSE = "<|begin_of_box|>", "<|end_of_box|>"

_WORDS = (
    "the window shows a total of 42 € in red",
    "屏幕上有一个按钮",
    "if a < b and b > c:",
    "- first\n- second\n",
    "**bold** and <b>tag</b>",
    "\n\n",
    "[10, 20, 300, 400]",
    "🙂",
    "x <| y |> z",
    "</thin",
)
_CODE = (f"`{BOX_OPEN}`", f"\n```xml\n{BOX_OPEN}<think>a</think>{BOX_CLOSE}\n```\n", "`<answer>`")


@dataclass(frozen=True, slots=True)
class GlmAnswer:
    """`raw` is the model's text; `thinking` and `text` are what a reader must see."""

    raw: str
    thinking: str
    text: str


def random_answers(count: int, seed: int = 2026) -> list[GlmAnswer]:
    """The same `count` answers every time, about 40 to 300 characters each."""
    generator = random.Random(seed)
    return [_answer(generator) for _ in range(count)]


def _answer(generator: random.Random) -> GlmAnswer:
    thinking = _prose(generator) if generator.random() < 0.8 else ""
    raw, text = "", ""
    for _ in range(generator.randint(1, 4)):
        piece = _prose(generator)
        kind = generator.random()
        if kind < 0.4:
            raw, text = raw + BOX_OPEN + piece + BOX_CLOSE, text + piece
        elif kind < 0.6:
            code = generator.choice(_CODE)
            raw, text = raw + code, text + code
        else:
            raw, text = raw + piece, text + piece
    # An answer starts with something that can be seen: blank lines before it are not part of it.
    raw, text = "So: " + raw, "So: " + text
    if generator.random() < 0.3:
        raw = f"<answer>{raw}</answer>"
    if thinking or generator.random() < 0.5:
        before, after = generator.choice(("", "\n")), generator.choice(("", "\n", "\n\n"))
        raw = f"<think>{before}{thinking}</think>{after}{raw}"
    return GlmAnswer(raw, thinking, text)


def _prose(generator: random.Random) -> str:
    return "Well " + " ".join(generator.choice(_WORDS) for _ in range(generator.randint(1, 4)))
