"""What of a question a page must have in common with it: its words, and pairs of CJK characters."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from desktop_helper.services.search_text import tokens

MOST_EXCERPT = 500  # characters
MOST_TERMS = 64  # a pasted page as a question would be slow and find everything

_ENGLISH = """
a about all also am an and any are as at be been but by can could did do does done for from get give had has have how i
if in into is it its just like list look many may me more most much must my name need no not of on or our out page pages
please say should show so some such tell than that the their them then there these they this those to too under up us
use was we were what when where which while who whom whose why will with would you your document file according explain
describe summarize
"""
# Characters that hardly ever begin or end a word that matters in a question, and words that questions are made of.
_CHINESE_CHARACTERS = "的了吗呢吧啊是在和与或及而也都就还又被把给让从到对于之其这那哪几个些请问您你我他她它们们"
_CHINESE_WORDS = """
什么 多少 怎么 怎样 如何 为何 为什么 哪个 哪些 哪里 哪儿 哪一 是否 能否 可以 应该 需要 多久 多大 多长 多高 多重 几次
一下 根据 文档 文件 手册 说明 告诉 请问 有没 没有 关于 以及 进行 使用 时候 情况
"""


def terms(question: str) -> list[str]:
    """FTS5 phrases of `question`, each once, in its order; none if it is all about words that questions are made of.

    A word is one; so is each pair of CJK characters that follow one another, since Chinese has no spaces. A number with
    its unit or a part number ("E-4711") is one phrase beside its pieces.
    """
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;:!?()\[\]{}\"“”‘’，。；：！？（）【】《》、]+", _without_question_words(question)):
        pieces = tokens(word)
        for run in _runs(pieces):
            for term in _pairs(run) if _is_cjk(run[0]) else _latin(run):
                found.setdefault(term)
    return list(found)[:MOST_TERMS]


def expression(wanted: list[str]) -> str:
    """An FTS5 expression for pages with any of the terms."""
    return " OR ".join(f'"{term}"' for term in wanted)


def excerpt(text: str, query: str) -> str:
    """The lines of a page that have most in common with `query`, and those around them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = {term.casefold() for term in terms(query)}
    scores = [_common(line, wanted) for line in lines]
    if not any(scores):
        return "\n".join(lines)[:MOST_EXCERPT]
    best = max(range(len(lines)), key=lambda at: (scores[at], -at))
    return "\n".join(lines[max(0, best - 1) : best + 3])[:MOST_EXCERPT]


def _common(line: str, wanted: set[str]) -> int:
    """How many terms the line has; a word also by its beginning, since endings differ."""
    said = " ".join(tokens(line)).casefold()
    return sum(term in said or (term.isascii() and len(term) > 5 and term[:5] in said) for term in wanted)


def _without_question_words(question: str) -> str:
    for word in _CHINESE_WORDS.split():
        question = question.replace(word, " ")
    return question


def _runs(pieces: list[str]) -> list[list[str]]:
    """CJK characters that follow one another, and the words between them."""
    runs: list[list[str]] = []
    for piece in pieces:
        if runs and _is_cjk(piece) == _is_cjk(runs[-1][0]):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _pairs(run: list[str]) -> list[str]:
    if len(run) == 1:
        return [] if run[0] in _CHINESE_CHARACTERS else [run[0]]
    pairs = ((one, other) for one, other in pairwise(run) if not {one, other} & set(_CHINESE_CHARACTERS))
    return [f"{one} {other}" for one, other in pairs]


def _latin(run: list[str]) -> list[str]:
    words = [word for word in run if word.lower() not in _stop_words() and (len(word) > 1 or word.isdigit())]
    return ([" ".join(run)] if len(run) > 1 else []) + words


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(_ENGLISH.split())


def _is_cjk(token: str) -> bool:
    """Tokens of Latin letters and digits are longer or ASCII; `u20000` is how a rare character is spelt."""
    return (len(token) == 1 and token > "\u2e7f") or bool(re.fullmatch(r"u[0-9a-f]{4,5}", token))
