"""Pictures for llama.cpp: the projector (libmtmd) of a loaded model."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import llama_cpp
import llama_cpp.mtmd_cpp as mtmd

from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


class Vision:
    """The projector, loaded beside `llama`. Raises `HelperError` if it does not fit the model."""

    def __init__(self, llama: Any, config: ModelConfig) -> None:
        # Nobody can know the marker, so nobody can type one.
        self.marker = f"<media-{secrets.token_hex(12)}>"
        self._marker = self.marker.encode()
        parameters = mtmd.mtmd_context_params_default()
        parameters.use_gpu = not config.vision_on_cpu
        parameters.print_timings = False
        parameters.n_threads = llama.n_threads_batch
        # Without it a 1080p picture takes 5 GB (facts of llama.cpp's GLM-4V).
        parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        parameters.media_marker = self._marker
        parameters.image_max_tokens = config.max_image_tokens
        self._context = mtmd.mtmd_init_from_file(config.mmproj.encode(), llama.model, parameters)
        if self._context is None or not mtmd.mtmd_support_vision(self._context):
            self.close()
            mmproj = Path(config.mmproj).name
            raise HelperError(
                ErrorKind.MODEL,
                tr("The picture projector {mmproj} does not fit the model {model}.", mmproj=mmproj, model=config.name),
                tr("Choose the mmproj file that was published with this model."),
            )

    def close(self) -> None:
        """Free it; the model must still be there."""
        if self._context is not None:
            mtmd.mtmd_free(self._context)
            self._context = None

    def tokenize(self, text: str, pictures: Sequence[bytes]) -> Chunks:
        """`text`, in which each `marker` stands for the next of `pictures`. The caller closes the result."""
        with ExitStack() as cleanup:
            bitmaps = [self._bitmap(data, number, cleanup) for number, data in enumerate(pictures, 1)]
            encoded = text.encode("utf-8", "replace")
            source = mtmd.mtmd_input_text()
            source.text, source.text_len = encoded, len(encoded)
            source.add_special = source.parse_special = True
            chunks = mtmd.mtmd_input_chunks_init()
            array = (mtmd.mtmd_bitmap_p_ctypes * len(bitmaps))(*bitmaps)
            if mtmd.mtmd_tokenize(self._context, chunks, ctypes.byref(source), array, len(bitmaps)) != 0:
                mtmd.mtmd_input_chunks_free(chunks)
                raise HelperError(
                    ErrorKind.MODEL,
                    tr("llama.cpp could not take in this question."),
                    tr("Start a new chat, or leave a picture out."),
                )
            return Chunks(chunks)

    def evaluate(self, llama: Any, chunk: Any) -> bool:
        """Encode one picture and put it into the model's memory. False if llama.cpp could not, or was stopped."""
        after = llama_cpp.llama_pos(llama.n_tokens)
        begin = (llama_cpp.llama_pos(llama.n_tokens), llama_cpp.llama_seq_id(0), llama.n_batch, False)
        code = mtmd.mtmd_helper_eval_chunk_single(self._context, llama.ctx, chunk, *begin, ctypes.byref(after))
        llama.n_tokens = after.value
        return bool(code == 0)

    def _bitmap(self, data: bytes, number: int, cleanup: ExitStack) -> Any:
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        bitmap = mtmd.mtmd_helper_bitmap_init_from_buf(self._context, buffer, len(data), False)
        if not bitmap:
            message = tr("Picture {number} cannot be read.", number=number)
            raise HelperError(ErrorKind.SOURCE, message, tr("Take it out and try again."))
        cleanup.callback(mtmd.mtmd_bitmap_free, bitmap)
        return bitmap


class Chunks:
    """A tokenized prompt: pieces of text and pictures in turn."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def __enter__(self) -> Chunks:
        return self

    def __exit__(self, *_: object) -> None:
        mtmd.mtmd_input_chunks_free(self._handle)

    def __iter__(self) -> Iterator[list[int] | Any]:
        """Tokens of a text, or the handle of a picture."""
        for index in range(mtmd.mtmd_input_chunks_size(self._handle)):
            chunk = mtmd.mtmd_input_chunks_get(self._handle, index)
            if mtmd.mtmd_input_chunk_get_type(chunk) != mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                yield chunk
                continue
            count = ctypes.c_size_t()
            tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
            yield [tokens[position] for position in range(count.value)]

    @property
    def tokens(self) -> int:
        """How much of the model's memory it takes.

        Positions are fewer: under M-RoPE a picture is only as long as its longer side.
        """
        return int(mtmd.mtmd_helper_get_n_tokens(self._handle))
