"""New words for a model that has learned others: what each of them means to it at first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.things import COLOURS, GROUPS, KINDS, plural
from training.vocabulary import Vocabulary, spelled

Rows = npt.NDArray[np.float32]
_QUIETER = 0.9  # than the word it means, so that the model goes on to say that one


def widened(rows: Rows, old: Vocabulary, new: Vocabulary) -> Rows:
    """The embeddings of `new`, [words, width]: a synonym's like its word's, else the mean of the pieces it had."""
    at = {token: number for number, token in enumerate(old.tokens)}
    synonyms = _synonyms()
    out = np.empty((len(new.tokens), rows.shape[1]), np.float32)
    for number, token in enumerate(new.tokens):
        meant = synonyms.get(token, "")
        if token in at:
            out[number] = rows[at[token]]
        elif meant in at:
            out[number] = rows[at[meant]] * _QUIETER
        else:
            out[number] = rows[[at[piece] for piece in old.pieces(token)]].mean(axis=0)
    return out


def _synonyms() -> dict[str, str]:
    """What each other name means, as tokens spell both."""
    found: dict[str, str] = {}
    for word in (*KINDS, *GROUPS.values(), *COLOURS):
        for name in word.also:
            found[spelled(f" {name}")] = spelled(f" {word.english}")
            found[spelled(f" {plural(name)}")] = spelled(f" {word.many}")
        found |= {spelled(name): spelled(word.chinese) for name in word.chinese_also}
    return found
