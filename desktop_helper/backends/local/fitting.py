"""Fits a model to this machine before it is loaded. Runs in the worker: it asks llama.cpp for its devices."""

from __future__ import annotations

from dataclasses import replace

from desktop_helper.backends.local.devices import list_devices
from desktop_helper.backends.local.fit import Plan, Wanted, plan
from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core import memory
from desktop_helper.core.gguf.guards import ModelFiles


def fitted(config: ModelConfig, files: ModelFiles) -> tuple[ModelConfig, Plan]:
    """What to load in place of `config`: nothing in it is left to chance, and a model in parts begins with the first.

    Raises `HelperError` if there is not enough memory. `Plan.reason` tells what the user would not expect.
    """
    wanted = Wanted(config.context, config.gpu_layers, config.vision_on_cpu, config.max_image_tokens)
    chosen = plan(files.model, files.projector, list_devices(), memory.free_bytes(), wanted)
    changed = replace(
        config,
        gguf=str(files.model.path),
        context=chosen.context,
        gpu_layers=chosen.gpu_layers,
        vision_on_cpu=not chosen.vision_on_gpu,
    )
    return changed, chosen
