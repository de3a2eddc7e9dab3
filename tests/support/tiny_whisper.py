"""A whisper model of 4 MB that says one sentence about every sound, for the real whisper.cpp.

Its layers add nothing to what comes in: what is said depends on the place of a token alone. The vectors of places lead
to the wanted tokens, one after the other: a time, the words, a time, the end. The file is ggml's old format, which
whisper.cpp reads (`whisper_model_load` in its source).
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

MAGIC = 0x67676D6C
WORDS = (" hello", " from", " the", " sound")
OTHERS = (" ", " -", " '")  # which whisper.cpp looks for
VOCABULARY, TEXTS = 51865, 50257  # of the models for many languages; what follows the texts are signs
END, FIRST_TIME = 50257, 50364
PROMPT = 3  # tokens before the first one that is said: start, language, task
SECONDS = 2.0  # that the sentence lasts

AUDIO_CONTEXT, TEXT_CONTEXT, STATE, HEADS, MELS, FRAME = 1500, 448, 32, 1, 80, 201
F32, F16 = 0, 1


def write(path: Path) -> Path:
    """Write the model to `path`."""
    with path.open("wb") as file:
        shape = (VOCABULARY, AUDIO_CONTEXT, STATE, HEADS, 1, TEXT_CONTEXT, STATE, HEADS, 1, MELS, F16)
        file.write(struct.pack("<12i", MAGIC, *shape))
        file.write(struct.pack("<2i", MELS, FRAME) + np.full((MELS, FRAME), 1e-3, np.float32).tobytes())
        file.write(struct.pack("<i", TEXTS))
        known = WORDS + OTHERS
        for token in range(TEXTS):
            text = (known[token] if token < len(known) else f"x{token}").encode()
            file.write(struct.pack("<i", len(text)) + text)
        for name, values in _tensors().items():
            half = values.ndim > 1 and not name.endswith(("bias", "positional_embedding"))
            file.write(struct.pack("<3i", values.ndim, len(name), F16 if half else F32))
            file.write(struct.pack(f"<{values.ndim}i", *reversed(values.shape)))
            file.write(name.encode() + values.astype(np.float16 if half else np.float32).tobytes())
    return path


def _tensors() -> dict[str, np.ndarray]:
    said = [FIRST_TIME, *range(len(WORDS)), FIRST_TIME + round(SECONDS / 0.02), END]
    tokens = np.zeros((VOCABULARY, STATE), np.float32)
    places = np.zeros((TEXT_CONTEXT, STATE), np.float32)
    for axis, token in enumerate(said):
        tokens[token, axis] = 3.0
    for place in range(PROMPT - 1, TEXT_CONTEXT):
        places[place, min(place - PROMPT + 1, len(said) - 1)] = 100.0
    made: dict[str, np.ndarray] = {
        "encoder.positional_embedding": np.zeros((AUDIO_CONTEXT, STATE)),
        "encoder.conv1.weight": np.zeros((STATE, MELS, 3)),
        "encoder.conv1.bias": np.zeros((STATE, 1)),
        "encoder.conv2.weight": np.zeros((STATE, STATE, 3)),
        "encoder.conv2.bias": np.zeros((STATE, 1)),
        "encoder.ln_post.weight": np.ones(STATE),
        "encoder.ln_post.bias": np.zeros(STATE),
        "decoder.positional_embedding": places,
        "decoder.token_embedding.weight": tokens,
        "decoder.ln.weight": np.ones(STATE),
        "decoder.ln.bias": np.zeros(STATE),
    }
    return made | _block("encoder", crossing=False) | _block("decoder", crossing=True)


def _block(side: str, *, crossing: bool) -> dict[str, np.ndarray]:
    attentions = ["attn", "cross_attn"] if crossing else ["attn"]
    made = {"mlp_ln.weight": np.ones(STATE), "mlp_ln.bias": np.zeros(STATE)}
    made |= {"mlp.0.weight": np.zeros((4 * STATE, STATE)), "mlp.0.bias": np.zeros(4 * STATE)}
    made |= {"mlp.2.weight": np.zeros((STATE, 4 * STATE)), "mlp.2.bias": np.zeros(STATE)}
    for name in attentions:
        made |= {f"{name}_ln.weight": np.ones(STATE), f"{name}_ln.bias": np.zeros(STATE)}
        for part in ("query", "key", "value", "out"):
            made[f"{name}.{part}.weight"] = np.zeros((STATE, STATE))
            if part != "key":
                made[f"{name}.{part}.bias"] = np.zeros(STATE)
    return {f"{side}.blocks.0.{name}": values for name, values in made.items()}
