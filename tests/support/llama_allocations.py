"""What llama.cpp itself says it has allocated for a model. Run as a process of its own:

python -m tests.support.llama_allocations MODEL MMPROJ CONTEXT IMAGE_TOKENS
"""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import sys
from pathlib import Path

_BUFFER = re.compile(r"(\w+): +(\w+) +(model|KV|compute|output) buffer size = +([\d.]+) MiB")
_PROJECTOR = re.compile(r"model size: +([\d.]+) MiB")


def allocations(gguf: Path, mmproj: Path, *, context: int, image_tokens: int) -> dict[str, float]:
    """Bytes by kind: `model`, `KV`, `compute`, `output`, `projector` and `projector compute`."""
    command = [sys.executable, "-m", __name__, str(gguf), str(mmproj), str(context), str(image_tokens)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=110)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _load(gguf: str, mmproj: str, context: int, image_tokens: int) -> list[str]:
    import llama_cpp.llama_cpp as llama
    import llama_cpp.mtmd_cpp as mtmd

    said: list[str] = []
    callback = llama.llama_log_callback(lambda _level, text, _data: said.append(text.decode("utf-8", "replace")))
    llama.llama_log_set(callback, ctypes.c_void_p(0))
    mtmd.mtmd_log_set(callback, ctypes.c_void_p(0))
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(gguf.encode(), llama.llama_model_default_params())
    parameters = llama.llama_context_default_params()
    parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = context, 512, 512
    parameters.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    llama.llama_init_from_model(model, parameters)
    said.append("-- projector\n")
    vision = mtmd.mtmd_context_params_default()
    vision.use_gpu, vision.image_max_tokens = False, image_tokens
    vision.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    mtmd.mtmd_init_from_file(mmproj.encode(), model, vision)
    return "".join(said).split("-- projector\n")


def main(arguments: list[str]) -> None:
    """Print the sizes as JSON."""
    gguf, mmproj, context, image_tokens = arguments
    text, pictures = _load(gguf, mmproj, int(context), int(image_tokens))
    found: dict[str, float] = {}
    for _, _, kind, size in _BUFFER.findall(text):
        found[kind] = found.get(kind, 0) + float(size) * 2**20
    found["projector"] = sum(float(size) * 2**20 for size in _PROJECTOR.findall(pictures))
    found["projector compute"] = sum(float(size) * 2**20 for _, _, _, size in _BUFFER.findall(pictures))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
