"""llama.cpp's own sampler chain: which token comes next."""

from __future__ import annotations

import ctypes
import json
import re
import secrets
from itertools import accumulate
from typing import Any

import llama_cpp.llama_cpp as llama
import numpy as np
from llama_cpp.llama_grammar import json_schema_to_gbnf

from desktop_helper.backends.local.engine.model import Model
from desktop_helper.backends.local.logs import unheard
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Sampling

# What the GLM-V authors sample with; llama.cpp's own defaults are made for other models.
TEMPERATURE = 0.8
TOP_P = 0.6
TOP_K = 40
_PENALISED = 256  # tokens back that the penalties look at
_ANY_LETTER, _JSON_LETTER = '[^"\\\\]', '[^"\\\\\\x7F\\x00-\\x1F]'  # JSON allows no raw control characters in a string
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]')
_MOST_NESTED = (
    1024  # llama.cpp refuses about as many optional things in a row, and overflows its stack at some thousands
)
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])  # llama_token_data


class Sampler:
    """Chooses tokens for one answer. Close it.

    Raises `HelperError(USAGE)` for a JSON schema that cannot be turned into a grammar.
    """

    def __init__(self, model: Model, sampling: Sampling) -> None:
        self._model = model
        self._grammar = _grammar(model, sampling.json_schema) if sampling.json_schema is not None else None
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for link in _links(model, sampling):
            llama.llama_sampler_chain_add(self._chain, link)

    def close(self) -> None:
        """Free it. Call it once."""
        llama.llama_sampler_free(self._chain)
        if self._grammar is not None:
            llama.llama_sampler_free(self._grammar)

    def next(self, *, free: bool) -> int:
        """The next token. `free`: the grammar does not count, since the model is still thinking."""
        if self._grammar is None or free:
            return int(llama.llama_sampler_sample(self._chain, self._model.context, -1))
        return self._next_of_grammar(self._grammar)

    def accept(self, token: int) -> None:
        """Take note of a token that was put into the model's mouth."""
        llama.llama_sampler_accept(self._chain, token)

    def _next_of_grammar(self, grammar: Any) -> int:
        """Sample freely and look at all tokens only if the grammar forbids the one that came out: that is rare."""
        candidates = self._candidates()
        token = _apply(self._chain, candidates.copy())
        alone = np.array([(token, 1.0, 0.0)], dtype=_CANDIDATE)
        _apply(grammar, alone)
        if np.isneginf(alone["logit"][0]):
            _apply(grammar, candidates)
            token = _apply(self._chain, candidates[np.isfinite(candidates["logit"])])
        llama.llama_sampler_accept(grammar, token)
        llama.llama_sampler_accept(self._chain, token)
        return token

    def _candidates(self) -> Any:
        size = self._model.vocabulary_size
        logits = np.ctypeslib.as_array(llama.llama_get_logits_ith(self._model.context, -1), shape=(size,))
        candidates = np.zeros(size, dtype=_CANDIDATE)
        candidates["id"] = np.arange(size, dtype=np.int32)
        candidates["logit"] = logits
        # The grammar sees only their names, which it takes for letters.
        candidates["logit"][self._model.mere_controls] = -np.inf
        return candidates


def _apply(sampler: Any, candidates: Any) -> int:
    """Let `sampler` work on `candidates`. Returns the token it selected, or the first one."""
    array = llama.llama_token_data_array()
    array.data = candidates.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
    array.size, array.selected, array.sorted = len(candidates), -1, False
    llama.llama_sampler_apply(sampler, ctypes.byref(array))
    return int(array.data[max(0, array.selected)].id)


def _links(model: Model, sampling: Sampling) -> list[Any]:
    """The samplers in llama.cpp's own order."""
    links = []
    repeat, frequency = sampling.repetition_penalty or 1.0, sampling.frequency_penalty or 0.0
    presence = sampling.presence_penalty or 0.0
    if (repeat, frequency, presence) != (1.0, 0.0, 0.0):
        links.append(llama.llama_sampler_init_penalties(model.vocabulary_size, _PENALISED, repeat, frequency, presence))
    temperature = TEMPERATURE if sampling.temperature is None else sampling.temperature
    if temperature <= 0:
        return [*links, llama.llama_sampler_init_greedy()]
    seed = sampling.seed if sampling.seed is not None else secrets.randbelow(2**31)
    return [
        *links,
        llama.llama_sampler_init_top_k(TOP_K if sampling.top_k is None else sampling.top_k),
        llama.llama_sampler_init_top_p(TOP_P if sampling.top_p is None else sampling.top_p, 1),
        llama.llama_sampler_init_min_p(sampling.min_p or 0.0, 1),
        llama.llama_sampler_init_temp(temperature),
        llama.llama_sampler_init_dist(seed % 2**32),
    ]


def _grammar(model: Model, schema: dict[str, object]) -> Any:
    try:
        text = json_schema_to_gbnf(json.dumps(schema or {"type": "object"}))
        text = text.replace(_ANY_LETTER, _JSON_LETTER)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise _bad_schema() from error
    if _nesting(text) > _MOST_NESTED:
        raise _bad_schema()
    with unheard():
        grammar = llama.llama_sampler_init_grammar(model.vocabulary, text.encode("utf-8", "replace"), b"root")
    if not grammar:  # not None: a null pointer of ctypes is an object
        raise _bad_schema()
    return grammar


def _nesting(grammar: str) -> int:
    """How deep the brackets of `grammar` are in each other."""
    depths = accumulate({"(": 1, ")": -1}.get(sign, 0) for sign in _LITERAL.sub("", grammar))
    return max(depths, default=0)


def _bad_schema() -> HelperError:
    message = tr("The JSON schema for the answer cannot be turned into a grammar.")
    return HelperError(ErrorKind.USAGE, message, tr("Use a simpler schema."))
