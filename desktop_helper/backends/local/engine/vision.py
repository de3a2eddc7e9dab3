"""Pictures for llama.cpp: the projector (libmtmd) of a loaded model."""

from __future__ import annotations

import ctypes
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp
import llama_cpp.mtmd_cpp as mtmd

from desktop_helper.backends.local.engine.entries import Entry, Media
from desktop_helper.backends.local.engine.model import SEQUENCE, Model
from desktop_helper.backends.local.needs import BATCH
from desktop_helper.backends.local.threads import worker_threads
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

EMBEDDING_BYTES = 256 << 20  # of the pictures used last; a 1080p picture of a 9B model takes 44 MB
_MOST_EMBEDDINGS = 16
_LAYOUTS = 64


class NotRead(Exception):
    """llama.cpp did not take in a picture: it failed, or was stopped."""


class NotPicture(Exception):
    """These bytes are no picture that llama.cpp can decode."""


class Vision:
    """The projector of `model`. Raises `HelperError` if it does not fit.

    What a picture will cost is known from its size alone (libmtmd calls that a placeholder), so its pixels are decoded
    only when they must be looked at. What the encoder saw is kept for a while.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._marker = f"<media-{secrets.token_hex(12)}>".encode()
        self._context = self._load()
        self._layouts: OrderedDict[tuple[int, int], _Layout] = OrderedDict()
        self._embeddings = EmbeddingCache(EMBEDDING_BYTES)

    def close(self) -> None:
        """Free it; the model must still be there. Call it once."""
        for layout in self._layouts.values():
            layout.close()
        mtmd.mtmd_free(self._context)

    def entries(self, picture: str, size: tuple[int, int]) -> list[Entry]:
        """A picture of `size` pixels as the model reads it, with the tokens that stand around it."""
        found: list[Entry] = []
        for part in self._layout(size).parts:
            if isinstance(part, _Piece):
                found.append(Media(picture, size, part.number, part.tokens, part.positions))
            else:
                found.extend(part)
        return found

    def is_known(self, media: Media) -> bool:
        """Whether its pixels are needed no more."""
        return media in self._embeddings

    def encode(self, media: Media, data: bytes) -> None:
        """Look at a picture. Cannot be interrupted. Raises `NotPicture` or `NotRead`."""
        with self._bitmap(data) as bitmap:
            size = (int(mtmd.mtmd_bitmap_get_nx(bitmap)), int(mtmd.mtmd_bitmap_get_ny(bitmap)))
            if size != media.size:
                raise NotPicture
            with self._tokenized(bitmap) as chunks:
                chunk = _media_chunks(chunks)[media.part]
                if mtmd.mtmd_encode_chunk(self._context, chunk) != 0:
                    raise NotRead
                output = mtmd.mtmd_get_output_embd(self._context)
                self._embeddings.put(media, self._copied(output, media.tokens))

    def decode(self, media: Media, position: int, on_batch: Callable[[], bool]) -> None:
        """Put what `encode` saw into the model's memory at `position`. Raises `NotRead`.

        Args:
            media: a piece that `is_known`.
            position: where the memory ends.
            on_batch: called after each batch; False ends it.
        """
        piece = self._layout(media.size).piece(media.part)
        embedding = self._embeddings.get(media)
        after = llama_cpp.llama_pos(position)
        callback = mtmd.mtmd_helper_post_decode_callback(lambda _batch, _data: 0 if on_batch() else 1)
        code = mtmd.mtmd_helper_decode_image_chunk(
            self._context,
            self._model.context,
            piece.chunk,
            embedding,
            llama_cpp.llama_pos(position),
            llama_cpp.llama_seq_id(SEQUENCE),
            BATCH,
            ctypes.byref(after),
            callback,
            None,
        )
        if code != 0:
            raise NotRead

    def _load(self) -> Any:
        config = self._model.config
        parameters = mtmd.mtmd_context_params_default()
        parameters.use_gpu = not config.vision_on_cpu
        parameters.print_timings = False
        parameters.n_threads = 1 if config.one_thread else worker_threads()
        # Without it a 1080p picture takes 5 GB (facts of llama.cpp's GLM-4V).
        parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        parameters.media_marker = self._marker
        parameters.image_max_tokens = config.max_image_tokens
        context = mtmd.mtmd_init_from_file(os.fsencode(config.mmproj), self._model.weights, parameters)
        if context is not None and mtmd.mtmd_support_vision(context):
            return context
        if context is not None:
            mtmd.mtmd_free(context)
        mmproj = Path(config.mmproj).name
        raise HelperError(
            ErrorKind.MODEL,
            tr("The picture projector {mmproj} does not fit the model {model}.", mmproj=mmproj, model=config.name),
            tr("Choose the mmproj file that was published with this model."),
        )

    def _layout(self, size: tuple[int, int]) -> _Layout:
        layout = self._layouts.pop(size, None)
        if layout is None:
            bitmap = mtmd.mtmd_bitmap_init(*size, None)
            try:
                with self._tokenized(bitmap) as chunks:
                    layout = _Layout(chunks)
            finally:
                mtmd.mtmd_bitmap_free(bitmap)
        self._layouts[size] = layout
        if len(self._layouts) > _LAYOUTS:
            self._layouts.popitem(last=False)[1].close()
        return layout

    @contextmanager
    def _tokenized(self, bitmap: Any) -> Iterator[Any]:
        source = mtmd.mtmd_input_text()
        source.text, source.text_len = self._marker, len(self._marker)
        source.add_special, source.parse_special = False, True
        chunks = mtmd.mtmd_input_chunks_init()
        try:
            pictures = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
            if mtmd.mtmd_tokenize(self._context, chunks, ctypes.byref(source), pictures, 1) != 0:
                raise NotPicture
            yield chunks
        finally:
            mtmd.mtmd_input_chunks_free(chunks)

    @contextmanager
    def _bitmap(self, data: bytes) -> Iterator[Any]:
        buffer = ctypes.cast(ctypes.c_char_p(data), ctypes.POINTER(ctypes.c_uint8))
        bitmap = mtmd.mtmd_helper_bitmap_init_from_buf(self._context, buffer, len(data), False)
        if not bitmap:
            raise NotPicture
        try:
            yield bitmap
        finally:
            mtmd.mtmd_bitmap_free(bitmap)

    def _copied(self, output: Any, tokens: int) -> Any:
        count = tokens * int(llama_cpp.llama_model_n_embd_inp(self._model.weights))
        copy = (ctypes.c_float * count)()
        ctypes.memmove(copy, output, ctypes.sizeof(copy))
        return copy


class EmbeddingCache:
    """What the encoder saw, up to `limit` bytes; the newest is always kept, however large."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._kept: OrderedDict[Media, Any] = OrderedDict()

    def __contains__(self, media: Media) -> bool:
        return media in self._kept

    def get(self, media: Media) -> Any:
        """The embedding, a ctypes array of floats. Raises KeyError."""
        self._kept.move_to_end(media)
        return self._kept[media]

    def put(self, media: Media, embedding: Any) -> None:
        """Keep one and let the oldest go."""
        if media in self._kept:
            self._bytes -= ctypes.sizeof(self._kept.pop(media))
        self._bytes += ctypes.sizeof(embedding)
        self._kept[media] = embedding
        while len(self._kept) > 1 and (self._bytes > self._limit or len(self._kept) > _MOST_EMBEDDINGS):
            self._bytes -= ctypes.sizeof(self._kept.popitem(last=False)[1])


class _Piece:
    """A copy of a placeholder chunk."""

    def __init__(self, chunk: Any, number: int) -> None:
        self.chunk = mtmd.mtmd_input_chunk_copy(chunk)
        self.number = number
        self.tokens = int(mtmd.mtmd_input_chunk_get_n_tokens(chunk))
        self.positions = int(mtmd.mtmd_input_chunk_get_n_pos(chunk))


class _Layout:
    """What pictures of one size become: text tokens and pieces."""

    def __init__(self, chunks: Any) -> None:
        self.parts: list[list[int] | _Piece] = []
        number = 0
        for index in range(mtmd.mtmd_input_chunks_size(chunks)):
            chunk = mtmd.mtmd_input_chunks_get(chunks, index)
            if _is_text(chunk):
                self.parts.append(_text_tokens(chunk))
            else:
                self.parts.append(_Piece(chunk, number))
                number += 1

    def piece(self, number: int) -> _Piece:
        """The piece with this number."""
        return next(part for part in self.parts if isinstance(part, _Piece) and part.number == number)

    def close(self) -> None:
        """Free the chunks."""
        for part in self.parts:
            if isinstance(part, _Piece):
                mtmd.mtmd_input_chunk_free(part.chunk)


def _is_text(chunk: Any) -> bool:
    return bool(mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT)


def _text_tokens(chunk: Any) -> list[int]:
    count = ctypes.c_size_t()
    tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
    return [] if count.value == 0 else list(tokens[: count.value])


def _media_chunks(chunks: Any) -> list[Any]:
    all_chunks = [mtmd.mtmd_input_chunks_get(chunks, index) for index in range(mtmd.mtmd_input_chunks_size(chunks))]
    return [chunk for chunk in all_chunks if not _is_text(chunk)]
