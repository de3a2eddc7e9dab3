"""What `doctor` says about the engine: which build runs, what it computes on, and why not on a graphics card."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop_helper.backends.local import devices as devices_module
from desktop_helper.backends.local.devices import Device, of_description
from desktop_helper.core.availability import Availability
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout, child_argv
from desktop_helper.core.i18n import tr

Line = tuple[str, Availability]

_TIMEOUT = 20.0  # seconds: a driver may take long to wake a card
_TOLD_FEATURES = ("AVX512", "AVX2", "AVX", "FMA", "F16C", "AMX_INT8", "NEON", "DOTPROD", "SVE", "MATMUL_INT8")
_MAKERS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}  # PCI
_CARDS = Path("/sys/class/drm")
_INSTALLER = "python3 installers/from_source.py setup --gpu {}"


def details() -> tuple[Line, ...]:
    """Lines for `doctor`. Asks a child process, since our own never loads llama.cpp."""
    try:
        said = ask()
    except ChildTimeout:
        return (("engine", _off(tr("It did not answer within {seconds} seconds.", seconds=int(_TIMEOUT)), "")),)
    except ChildDied as died:
        return (("engine", _off(tr("It cannot be started: {reason}.", reason=died.reason), _setup("cpu"))),)
    return lines_of(said)


def ask() -> dict[str, Any]:
    """`devices.describe` in a child. Raises `ChildDied` or `ChildTimeout`."""
    with ChildProcess(child_argv(devices_module.__name__)) as child:
        child.send({"type": "describe"})
        return child.receive(_TIMEOUT).header


def lines_of(said: dict[str, Any], makers: Callable[[], list[str]] | None = None) -> tuple[Line, ...]:
    """`describe`'s answer as lines.

    Args:
        said: the answer.
        makers: finds the makers of the graphics cards in this machine.
    """
    if not said.get("installed"):
        return ()  # the plug's own line says it
    if "error" in said:
        return (("engine", _off(tr("It cannot be loaded ({fault}).", fault=said["error"]), _setup("cpu"))),)
    devices = of_description(said["devices"])
    lines = [("engine", Availability(ok=True, reason=_build(said)))]
    lines += [(f"device {device.name}", Availability(ok=True, reason=_device(device))) for device in devices]
    if not any(device.kind in ("gpu", "igpu") for device in devices):
        lines.append(("graphics card", _why_none(said, (makers or card_makers)())))
    return tuple(lines)


def card_makers() -> list[str]:
    """Makers of the graphics cards, as the kernel lists them; empty where it does not."""
    found = set()
    with contextlib.suppress(OSError):
        for vendor in _CARDS.glob("card*/device/vendor"):
            found.add(_MAKERS.get(vendor.read_text(encoding="ascii", errors="replace").strip(), ""))
    if Path("/proc/driver/nvidia/version").exists():
        found.add("NVIDIA")
    return [maker for maker in _MAKERS.values() if maker in found]


def _build(said: dict[str, Any]) -> str:
    kinds = " + ".join(said["backends"]) or "CPU"
    features = ", ".join(name for name in said["features"] if name in _TOLD_FEATURES)
    version = f"llama-cpp-python {said['version']}"
    return f"{version}, {kinds} ({features})" if features else f"{version}, {kinds}"


def _device(device: Device) -> str:
    if not device.total_bytes:
        return device.description
    free, total = (f"{size / 1e9:.1f}" for size in (device.free_bytes, device.total_bytes))
    return tr("{description}, {free} of {total} GB free", description=device.description, free=free, total=total)


def _why_none(said: dict[str, Any], makers: list[str]) -> Availability:
    """Why nothing is computed on a graphics card, and what to do."""
    if said["gpu_offload"]:
        kinds = ", ".join(name for name in said["backends"] if name != "CPU")
        reason = tr("The engine was built for one ({kinds}), but finds none.", kinds=kinds)
        return _off(reason, tr("Install or update the card's driver, and look whether other programs see the card."))
    if sys.platform == "darwin":
        return _off(tr("The engine was built without Metal."), _setup("metal"))
    if not makers and sys.platform == "linux":
        return Availability(ok=True, reason=tr("There is none, so everything is computed on the processor."))
    which = "cuda" if "NVIDIA" in makers else "vulkan"
    found = ", ".join(makers)
    reason = tr("The engine was built for the processor only.")
    if found:
        reason = tr("There is one ({makers}), but the engine was built for the processor only.", makers=found)
    return _off(reason, _setup(which))


def _setup(kind: str) -> str:
    return tr("Run {command} in the program's folder.", command=_INSTALLER.format(kind))


def _off(reason: str, fix: str) -> Availability:
    return Availability(ok=False, reason=reason, fix=fix)
