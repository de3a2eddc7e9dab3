"""A GGUF in memory with a context to think in: the only module that loads and evaluates text."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import llama_cpp
import llama_cpp.llama_cpp as llama

from desktop_helper.backends.local.engine.crew import Crew
from desktop_helper.backends.local.needs import BATCH
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.threads import worker_threads
from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_CONTROL = 1 << 3  # LLAMA_TOKEN_ATTR_CONTROL
SEQUENCE = 0  # we use one; other conversations wait in `states`


class DecodeError(Exception):
    """llama.cpp did not evaluate what it was given; `code` is what `llama_decode` returned."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Model:
    """Weights, vocabulary and context. One thread uses it; llama.cpp looks at `stop` by itself.

    Raises `HelperError` if llama.cpp cannot load it, `Stopped` if that was not wanted any more.
    """

    def __init__(self, config: ModelConfig, stop: StopFlag, on_progress: Callable[[float], None]) -> None:
        self.config = config
        self._stop = stop
        self._keep: list[Any] = []  # callbacks that llama.cpp holds pointers to
        self.weights = self._load(on_progress)
        threads = 1 if config.one_thread else worker_threads()
        try:
            self.context = self._make_context(threads)
        except BaseException:
            llama.llama_model_free(self.weights)
            raise
        self.vocabulary = llama.llama_model_get_vocab(self.weights)
        self.memory = llama.llama_get_memory(self.context)
        self.context_tokens = int(llama.llama_n_ctx(self.context))
        self.could_keep_more = self.context_tokens < int(llama.llama_model_n_ctx_train(self.weights))
        self.crew = Crew(threads, lambda count: llama.llama_set_n_threads(self.context, count, count))
        self._batch = _Batch()
        self._piece = ctypes.create_string_buffer(64)

    def close(self) -> None:
        """Free the memory. Call it once."""
        self._batch.close()
        llama.llama_free(self.context)
        llama.llama_model_free(self.weights)

    # --- evaluation -------------------------------------------------------------------------------------------------

    def decode(self, tokens: Sequence[int], position: int) -> None:
        """Read up to `BATCH` tokens at `position`. Raises `Stopped` or `DecodeError`."""
        self.crew.fit()
        code = llama.llama_decode(self.context, self._batch.filled(tokens, position))
        if code != 0:
            self._stop.check()
            raise DecodeError(code)

    def forget_from(self, position: int) -> bool:
        """Drop what was read at `position` and later. False if this kind of memory cannot do that."""
        if position == 0:
            llama.llama_memory_clear(self.memory, False)
            return True
        return bool(llama.llama_memory_seq_rm(self.memory, SEQUENCE, position, -1))

    # --- vocabulary -------------------------------------------------------------------------------------------------

    def tokenize(self, text: str, *, control: bool, begin: bool = False) -> list[int]:
        """The tokens of `text`.

        Args:
            text: any text.
            control: whether words such as `<|user|>` are the model's control tokens; else they are mere letters.
            begin: put the begin-of-text token first, if the model was trained with it.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        tokens = (llama.llama_token * room)()
        count = llama.llama_tokenize(self.vocabulary, data, len(data), tokens, room, begin, control)
        if count < 0:
            raise ValueError("llama_tokenize needs more tokens than bytes")
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """What `token` adds to the text, control tokens by their names."""
        length = llama.llama_token_to_piece(self.vocabulary, token, self._piece, len(self._piece), 0, True)
        if length < 0:
            self._piece = ctypes.create_string_buffer(-length)
            return self.piece(token)
        return self._piece.raw[:length]

    def ends(self, token: int) -> bool:
        """Whether `token` ends the model's turn."""
        return token in self._more_ends or bool(llama.llama_vocab_is_eog(self.vocabulary, token))

    def name_of(self, token: int) -> str:
        """The name of a special token; empty for -1, which means that the model has none."""
        if token < 0:
            return ""
        return str(llama.llama_vocab_get_text(self.vocabulary, token).decode("utf-8", "replace"))

    @property
    def begin_name(self) -> str:
        """The begin-of-text token as templates write it."""
        return self.name_of(llama.llama_vocab_bos(self.vocabulary))

    @property
    def end_name(self) -> str:
        """The end-of-text token as templates write it."""
        return self.name_of(llama.llama_vocab_eos(self.vocabulary))

    @cached_property
    def vocabulary_size(self) -> int:
        """How many tokens there are."""
        return int(llama.llama_vocab_n_tokens(self.vocabulary))

    @cached_property
    def control_names(self) -> tuple[str, ...]:
        """The names of all control tokens, which nobody but the template may use."""
        found = {self.name_of(token) for token in self._controls} - {""}
        return tuple(sorted(found, key=len, reverse=True))

    @cached_property
    def mere_controls(self) -> list[int]:
        """Control tokens that do not end the model's turn as llama.cpp sees it."""
        return [token for token in self._controls if not llama.llama_vocab_is_eog(self.vocabulary, token)]

    @cached_property
    def _controls(self) -> list[int]:
        """Asking for 150,000 attributes takes a tenth of a second, once."""
        vocabulary, tokens = self.vocabulary, range(self.vocabulary_size)
        return [token for token in tokens if llama.llama_vocab_get_attr(vocabulary, token) & _CONTROL]

    @cached_property
    def _more_ends(self) -> frozenset[int]:
        """GLM hands over to a tool with `<|observation|>`; older files do not mark it as an end."""
        if "<|observation|>" not in self.control_names:
            return frozenset()
        return frozenset(self.tokenize("<|observation|>", control=True))

    # --- metadata ---------------------------------------------------------------------------------------------------

    @property
    def template(self) -> str:
        """The chat template in the file; empty if there is none."""
        text = llama.llama_model_chat_template(self.weights, None)
        return text.decode("utf-8", "replace") if text else ""

    @property
    def fingerprint(self) -> str:
        """Tells apart models whose saved states must not be mixed up."""
        described = ctypes.create_string_buffer(128)
        llama.llama_model_desc(self.weights, described, len(described))
        numbers = (
            int(llama.llama_model_n_params(self.weights)),
            int(llama.llama_model_size(self.weights)),
            self.context_tokens,
        )
        # Two finetunes of one model agree in all of that, and llama.cpp's own versions differ in how they write states.
        files = [_identity(path) for path in (self.config.gguf, self.config.mmproj) if path]
        return f"{described.value.decode('utf-8', 'replace')} {numbers} {files} {llama_cpp.__version__}"

    # --- loading ----------------------------------------------------------------------------------------------------

    def _load(self, on_progress: Callable[[float], None]) -> Any:
        llama.llama_backend_init()

        def report(fraction: float, _: object) -> bool:
            on_progress(fraction)
            return not self._stop.is_set

        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = self.config.gpu_layers
        parameters.progress_callback = llama.llama_progress_callback(report)
        weights = llama.llama_model_load_from_file(os.fsencode(self.config.gguf), parameters)
        if weights is None:
            self._stop.check()
            raise _load_error(self.config)
        return weights

    def _make_context(self, threads: int) -> Any:
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = self.config.context
        parameters.n_batch = parameters.n_ubatch = min(BATCH, self.config.context)
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.n_seq_max = 1
        # We want the logits of one token at a time; room for a batch of them is 300 MB with 150,000 tokens.
        parameters.n_outputs_max = 1
        # Without it the picture encoder's and the model's attention matrices take gigabytes (facts of llama.cpp).
        parameters.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        parameters.no_perf = True
        context = llama.llama_init_from_model(self.weights, parameters)
        if context is None:
            raise _memory_error(self.config)
        callback = self._stop.callback(llama.ggml_abort_callback)
        self._keep.append(callback)
        llama.llama_set_abort_callback(context, *callback)
        return context


class _Batch:
    """Tokens on their way into llama.cpp, with positions.

    llama.cpp would count positions by itself, but wrongly: all tokens of a picture stand at one position under M-RoPE.
    """

    def __init__(self) -> None:
        self._batch = llama.llama_batch_init(BATCH, 0, 1)
        self._tokens = _array(self._batch.token, llama.llama_token)
        self._positions = _array(self._batch.pos, llama.llama_pos)
        self._outputs = _array(self._batch.logits, ctypes.c_int8)
        _array(self._batch.n_seq_id, ctypes.c_int32)[:] = [1] * BATCH
        for index in range(BATCH):
            self._batch.seq_id[index][0] = SEQUENCE

    def filled(self, tokens: Sequence[int], position: int) -> Any:
        """The batch with `tokens` in it; only the last one's logits are wanted."""
        count = len(tokens)
        self._batch.n_tokens = count
        self._tokens[:count] = tokens
        self._positions[:count] = range(position, position + count)
        self._outputs[:count] = [0] * (count - 1) + [1]
        return self._batch

    def close(self) -> None:
        """Free it."""
        llama.llama_batch_free(self._batch)


def _array(pointer: Any, kind: Any) -> Any:
    """The `BATCH` items that `pointer` points to, as an array that can be assigned in one go."""
    return (kind * BATCH).from_address(ctypes.addressof(pointer.contents))


def _identity(path: str) -> tuple[str, int, int]:
    """Changes when another file takes the place of this one."""
    found = Path(path).stat()
    return path, found.st_size, found.st_mtime_ns


def _load_error(config: ModelConfig) -> HelperError:
    return HelperError(
        ErrorKind.MODEL,
        tr(
            "llama.cpp could not load {name}: it is damaged or of a kind that this version does not know.",
            name=config.name,
        ),
        tr("Download it again, or choose another model."),
    )


def _memory_error(config: ModelConfig) -> HelperError:
    return HelperError(
        ErrorKind.MODEL,
        tr("There is not enough memory for {name} with {context} tokens.", name=config.name, context=config.context),
        tr("Close other programs, or choose a smaller model."),
    )
