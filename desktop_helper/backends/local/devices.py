"""What llama.cpp can compute on here: the devices of ggml, and what this build of it was made for.

Asking loads the library, so only a child process may: the model worker, or this module run as one
(`ask` in `engine_report`).
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from desktop_helper.core import memory
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame
from desktop_helper.core.gguf.architectures import library_folder

_KINDS = ("cpu", "gpu", "igpu", "accel")  # enum ggml_backend_dev_type; what comes later is a device made of others
_LIBRARIES = {"linux": "lib{}.so", "darwin": "lib{}.dylib", "win32": "{}.dll"}
_FEATURE = re.compile(r"\b([A-Z][A-Z0-9_]*) = (\d+)")


@dataclass(frozen=True, slots=True)
class Device:
    """One device.

    Args:
        name: as llama.cpp calls it, e.g. `CUDA0`.
        description: as its maker calls it.
        kind: `cpu`, `gpu`, `igpu` (in the processor, with its memory) or `accel`.
        free_bytes, total_bytes: its memory; both 0 if the driver does not tell.
        shares_ram: whether that is the machine's main memory.
    """

    name: str
    description: str
    kind: str
    free_bytes: int
    total_bytes: int
    shares_ram: bool = False

    @property
    def known_free(self) -> int | None:
        """Free bytes, or None if the driver does not tell."""
        return self.free_bytes if self.total_bytes else None


def list_devices() -> tuple[Device, ...]:
    """The devices, as llama.cpp orders them. Loads the library; empty if it is not installed."""
    folder = library_folder()
    if folder is None:
        return ()
    ggml = _Ggml()
    return tuple(ggml.device(number) for number in range(ggml.call("ggml_backend_dev_count", ctypes.c_size_t)))


def describe() -> dict[str, Any]:
    """The build and the devices, for JSON: `installed` alone if it is not installed; `error` if it cannot be loaded."""
    if library_folder() is None:
        return {"installed": False}
    try:
        import llama_cpp.llama_cpp as llama

        devices = list_devices()
        ggml = _Ggml()
        backends = [ggml.backend_name(index) for index in range(ggml.call("ggml_backend_reg_count", ctypes.c_size_t))]
        said = llama.llama_print_system_info().decode("utf-8", "replace")
        offloads = bool(llama.llama_supports_gpu_offload())
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        return {"installed": True, "error": str(error)[:300]}
    return {
        "installed": True,
        "version": importlib.metadata.version("llama-cpp-python"),
        "backends": backends,
        "features": [name for name, value in _FEATURE.findall(said) if value == "1"],
        "gpu_offload": offloads,
        "devices": [asdict(device) for device in devices],
    }


class _Ggml:
    """Functions of the ggml library that llama-cpp-python has no bindings for."""

    def __init__(self) -> None:
        importlib.import_module("llama_cpp.llama_cpp")  # finds the libraries and what they depend on, on every system

        folder = library_folder()
        pattern = _LIBRARIES.get(sys.platform, _LIBRARIES["linux"])
        names = [pattern.format(name) for name in ("ggml", "ggml-base")]
        paths = [folder / name for name in names] if folder is not None else []
        # On Windows each library shows only its own functions.
        self._libraries = [ctypes.CDLL(str(path)) for path in paths if path.is_file()]

    def call(self, name: str, result: Any, *arguments: Any) -> Any:
        """Call a function by name. Raises `AttributeError` if this ggml has none of that name."""
        for library in self._libraries:
            function = getattr(library, name, None)
            if function is not None:
                function.restype = result
                return function(*arguments)
        raise AttributeError(name)

    def backend_name(self, index: int) -> str:
        """`CPU`, `CUDA`, `Vulkan` ..."""
        backend = self.call("ggml_backend_reg_get", ctypes.c_void_p, ctypes.c_size_t(index))
        return _text(self.call("ggml_backend_reg_name", ctypes.c_char_p, ctypes.c_void_p(backend)))

    def device(self, index: int) -> Device:
        """The device with this number."""
        handle = ctypes.c_void_p(self.call("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t(index)))
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self.call("ggml_backend_dev_memory", None, handle, ctypes.byref(free), ctypes.byref(total))
        number = self.call("ggml_backend_dev_type", ctypes.c_int, handle)
        kind = _KINDS[number] if 0 <= number < len(_KINDS) else "accel"
        return _corrected(
            Device(
                name=_text(self.call("ggml_backend_dev_name", ctypes.c_char_p, handle)),
                description=_text(self.call("ggml_backend_dev_description", ctypes.c_char_p, handle)),
                kind=kind,
                free_bytes=int(free.value),
                total_bytes=int(total.value),
                shares_ram=kind in ("cpu", "igpu") or (kind == "gpu" and sys.platform == "darwin"),
            )
        )


def _corrected(device: Device) -> Device:
    """Of main memory ggml tells less than the system: on Linux that everything is free, and nothing of containers."""
    if device.kind != "cpu":
        return device
    free, total = memory.free_bytes(), memory.total_bytes()
    return Device(
        device.name,
        device.description,
        device.kind,
        free if free is not None else device.free_bytes,
        total if total is not None else device.total_bytes,
        shares_ram=True,
    )


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace").strip()


def of_description(described: Sequence[dict[str, Any]]) -> tuple[Device, ...]:
    """The devices in the answer of `describe`."""
    return tuple(Device(**one) for one in described)


def _answer(_: Frame, channel: Channel) -> None:
    channel.send({"type": "devices", **describe()})


def main() -> None:
    """Answer until the app closes our input."""
    serve(_answer)


if __name__ == "__main__":
    main()
