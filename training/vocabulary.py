"""The tokenizer: GLM's way to cut text, byte-level BPE, and a vocabulary made of the words that are used.

Words that decide over an answer, and the hundred coordinates, are one token each. Vocabulary and merges follow from the
phrases alone, so they are the same everywhere; a checkpoint keeps its own, since phrases change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from training.others import gap_words, other_forms
from training.phrases import ANSWERS, FORMS, THOUGHTS
from training.things import COLOURS, GROUPS, KINDS, plural

_SPECIAL_TOKENS = """
[gMASK] <sop> <|system|> <|user|> <|assistant|> <|observation|> <|begin_of_image|> <|end_of_image|> <|image|>
<|begin_of_video|> <|end_of_video|> <|video|> <|begin_of_box|> <|end_of_box|> <think> </think>
<tool_call> </tool_call> <arg_key> </arg_key> <arg_value> </arg_value> <|endoftext|>
"""
SPECIAL = _SPECIAL_TOKENS.split()
CONTROL = frozenset(SPECIAL[:12]) | {"<|endoftext|>"}  # never printed
COORDINATES = tuple(str(value) for value in range(0, 1000, 10))
SIDES = (" left", " right", " above", " below", "左边", "右边", "上面", "下面", "Yes", "No", "是的", "不是")
_FREE_MERGES = 300  # for the words of questions that are refused
# llama.cpp's expression for `glm4`, with the letters and numbers of Python's own classes.
_LETTER, _OTHER = r"[^\W\d_]", r"(?:[^\s\w]|_)"
_CUT = re.compile(
    rf"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|(?:[^\r\n\w]|_)?{_LETTER}+|\d{{1,3}}"
    rf"| ?{_OTHER}+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SPECIAL = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


def byte_letters() -> dict[int, str]:
    """GPT-2's letter for every byte: itself if it is visible, else one from 256 on."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + index) for index, byte in enumerate(hidden)}


_LETTERS = byte_letters()
_BYTES = {letter: byte for byte, letter in _LETTERS.items()}


def spelled(text: str) -> str:
    """A text in the letters of its bytes."""
    return "".join(_LETTERS[byte] for byte in text.encode())


@dataclass(frozen=True)
class Vocabulary:
    """A tokenizer; `merges` are pairs of pieces in the order of their rank."""

    merges: tuple[tuple[str, str], ...]
    tokens: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        merged = dict.fromkeys(left + right for left, right in self.merges)
        object.__setattr__(self, "tokens", (*_LETTERS.values(), *merged, *SPECIAL))
        object.__setattr__(self, "_numbers", {token: number for number, token in enumerate(self.tokens)})
        object.__setattr__(self, "_ranks", {pair: rank for rank, pair in enumerate(self.merges)})
        object.__setattr__(self, "_known", {})

    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)
    _ranks: dict[tuple[str, str], int] = field(init=False, repr=False, compare=False)
    _known: dict[str, list[int]] = field(init=False, repr=False, compare=False)

    def encode(self, text: str) -> list[int]:
        """The tokens of a text; names of special tokens in it become these."""
        found: list[int] = []
        for index, part in enumerate(_SPECIAL.split(text)):
            if index % 2:
                found.append(self._numbers[part])
            else:
                for piece in _CUT.findall(part):
                    found.extend(self._pieces(piece))
        return found

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of tokens, special ones included."""
        data = bytearray()
        for token in tokens:
            name = self.tokens[token]
            data += name.encode() if name in SPECIAL else bytes(_BYTES[letter] for letter in name)
        return data.decode(errors="replace")

    def one(self, text: str) -> int:
        """The token that is this text. Raises ValueError if it takes several."""
        (token,) = self.encode(text)
        return token

    def coordinates(self) -> list[int]:
        """The tokens of 0, 10, ... 990."""
        return [self.one(value) for value in COORDINATES]

    def deciding(self) -> set[int]:
        """The tokens that make an answer right or wrong."""
        words = [spelled(word) for word in _deciding_words()]
        return {self._numbers[word] for word in words if word in self._numbers}

    def extended(self) -> Vocabulary:
        """This one, and behind its words those of the phrases that have been added since.

        In a run of Chinese the older rules still come first, so an added word may be cut into its old pieces there.
        """
        return Vocabulary(_merges_of_phrases(self.merges))

    def pieces(self, letters: str) -> list[str]:
        """The tokens' names of a text without special ones, spelled in the letters of its bytes."""
        return merged(list(letters), self._ranks)

    def _pieces(self, text: str) -> list[int]:
        known = self._known.get(text)
        if known is None:
            known = [self._numbers[piece] for piece in self.pieces(spelled(text))]
            self._known[text] = known
        return known


def merged(pieces: list[str], ranks: dict[tuple[str, str], int]) -> list[str]:
    """Join neighbours as long as there is a rule for them, the first rule first."""
    while len(pieces) > 1:
        pairs = list(pairwise(pieces))
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        pieces = _joined(pieces, best)
    return pieces


def _joined(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(pieces):
        if at + 1 < len(pieces) and (pieces[at], pieces[at + 1]) == pair:
            out.append(pieces[at] + pieces[at + 1])
            at += 2
        else:
            out.append(pieces[at])
            at += 1
    return out


@cache
def usual_vocabulary() -> Vocabulary:
    """The vocabulary of the phrases as they are now."""
    merges = list(_merges_of_phrases(()))
    _learn(Counter(_words_of_others()), merges, _FREE_MERGES)
    return Vocabulary(tuple(merges))


def _merges_of_phrases(before: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """These rules, and then those that make every word of the phrases one token."""
    merges = list(before)
    _learn(Counter(_deciding_words()), merges, None)
    _learn(Counter(_words_of_phrases()), merges, None)
    return tuple(merges)


def _learn(words: Counter[str], merges: list[tuple[str, str]], most: int | None) -> None:
    """Add merges until each word is one token, or `most` of them."""
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    spellings = [(merged(list(spelled(word)), ranks), count) for word, count in words.items()]
    for _ in range(most if most is not None else 1 << 20):
        spellings = [(pieces, count) for pieces, count in spellings if len(pieces) > 1]
        pairs: Counter[tuple[str, str]] = Counter()
        for pieces, count in spellings:
            for pair in pairwise(pieces):
                pairs[pair] += count
        if not pairs:
            return
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        spellings = [(_joined(pieces, best), count) for pieces, count in spellings]


def _deciding_words() -> list[str]:
    words = [*COORDINATES, *map(str, range(1, 10)), *SIDES]
    for word in (*COLOURS, *KINDS):
        words += [f" {word.english}", word.chinese]
    return words


def _words_of_phrases() -> list[str]:
    """Every piece of the forms and answers, cut as the tokenizer cuts; what decides stays apart from what is around."""
    texts = [form for pair in FORMS.values() for forms in pair for form in forms]
    texts += [text for pair in (*ANSWERS.values(), *THOUGHTS.values()) for text in pair]
    names = (*KINDS, *GROUPS.values(), *COLOURS)
    texts += [f" {name}" for word in names for one in (word.english, *word.also) for name in (one, plural(one))]
    texts += [name for word in names for name in (word.chinese, *word.chinese_also)]
    texts += [" the", "的", "/nothink", "/zoom", "[["]
    chinese = [word for word in _deciding_words() if not word.isascii()]
    gap = re.compile("|".join([r"\{\w+\}", *sorted(chinese, key=len, reverse=True)]))
    return _cut([piece for text in texts for piece in gap.split(text)])


def _words_of_others() -> list[str]:
    texts: list[str] = []
    for chinese in (False, True):
        forms = (*other_forms(chinese=chinese, examination=False), *other_forms(chinese=chinese, examination=True))
        gaps = {gap for form in forms for gap in re.findall(r"\{(\w+)\}", form)} - {"number", "any"}
        texts += [piece for form in forms for piece in re.split(r"\{\w+\}", form)]
        texts += [f" {word}" for gap in sorted(gaps) for word in gap_words(gap, chinese=chinese)]
    return _cut(texts)


def _cut(texts: Sequence[str]) -> list[str]:
    return [piece for text in texts for part in _SPECIAL.split(text)[::2] for piece in _CUT.findall(part)]
