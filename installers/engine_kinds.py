"""What the engine for local models is built to compute on: the processor, or a kind of graphics card.

The user's choice is kept beside the logs, what was built inside the environment: so a later start builds nothing, a
changed choice builds again, and an environment that is made anew gets the chosen engine.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers import system_packages
from installers.environment import Environment
from installers.steps import SETUP_FOLDER, StepFailed
from installers.system_needs import Need, missing

PACKAGE = "llama-cpp-python"
_CHOICE = SETUP_FOLDER / "engine-gpu"
_STAMP = "engine-gpu"


@dataclass(frozen=True)
class Toolkit:
    """What a kind needs for building.

    Args:
        switch: what llama.cpp's CMake calls it.
        needs: what a Linux system must have besides the C++ compiler.
        program: the compiler of the toolkit; empty if there is none to look for elsewhere.
        name: what is to be installed on a system without a package manager that we know.
        places: where `program` lies if it is not on the PATH.
        variable: tells CMake where `program` is.
    """

    switch: str
    needs: tuple[Need, ...] = ()
    program: str = ""
    name: str = ""
    places: tuple[str, ...] = field(default=())
    variable: str = ""


KINDS: Mapping[str, Toolkit] = {
    "cpu": Toolkit(""),
    "cuda": Toolkit(
        "GGML_CUDA",
        (Need("nvcc", "nvidia-cuda-toolkit", "cuda-toolkit", "cuda"),),
        program="nvcc",
        name="CUDA Toolkit",
        places=("/usr/local/cuda/bin", "/opt/cuda/bin"),
        variable="CUDACXX",
    ),
    "metal": Toolkit("GGML_METAL"),
    "vulkan": Toolkit(
        "GGML_VULKAN",
        (
            Need("glslc", "glslc", "glslc", "shaderc"),
            Need("Vulkan headers", "libvulkan-dev", "vulkan-headers vulkan-loader-devel", "vulkan-headers"),
            Need("SPIR-V headers", "spirv-headers", "spirv-headers-devel", "spirv-headers"),
        ),
        program="glslc",
        name="Vulkan SDK",
    ),
    "hip": Toolkit(
        "GGML_HIP",
        (
            Need(
                "hipcc",
                "hipcc libhipblas-dev librocblas-dev",
                "rocm-hip-devel hipblas-devel rocblas-devel",
                "rocm-hip-sdk",
            ),
        ),
        program="hipcc",
        name="ROCm",
        places=("/opt/rocm/bin",),
    ),
}


def default_kind() -> str:
    """What llama-cpp-python builds if nobody says anything."""
    return "metal" if sys.platform == "darwin" else "cpu"


def wanted_kind() -> str:
    """The user's last choice, or the default."""
    return _known(_CHOICE) or default_kind()


def choose(kind: str) -> None:
    """Keep the choice. Raises `StepFailed` if it cannot be built here."""
    if kind not in KINDS:
        raise StepFailed(tr("--gpu takes one of these: {kinds}.", kinds=", ".join(KINDS)))
    if (sys.platform == "darwin") != (kind == "metal"):
        if kind == "metal":
            raise StepFailed(tr("Metal exists on macOS only; choose one of these: {kinds}.", kinds=_others()))
        raise StepFailed(tr("On macOS the engine is always built with Metal; leave --gpu out."))
    check_toolkit(kind)
    _CHOICE.parent.mkdir(parents=True, exist_ok=True)
    _CHOICE.write_text(kind, encoding="ascii")


def built_kind(environment: Environment) -> str:
    """What the engine in `environment` was built for."""
    return _known(environment.folder / _STAMP) or default_kind()


def mark_built(environment: Environment, kind: str) -> None:
    """Remember what it was built for."""
    (environment.folder / _STAMP).write_text(kind, encoding="ascii")


def build_options(kind: str) -> list[str]:
    """Options for uv. The cache keeps builds with different settings apart; with `CMAKE_ARGS` it would mix them up."""
    switch = KINDS[kind].switch
    if not switch or kind == default_kind():
        return []
    return [f"--config-settings-package={PACKAGE}:cmake.define.{switch}=on"]


def build_environment(kind: str) -> dict[str, str]:
    """Variables with which CMake finds a toolkit that is not on the PATH."""
    toolkit = KINDS[kind]
    found = _program(toolkit)
    if found is None or shutil.which(toolkit.program):
        return {}
    path = os.pathsep.join((str(found.parent), os.environ.get("PATH", "")))
    return {"PATH": path} | ({toolkit.variable: str(found)} if toolkit.variable else {})


def check_toolkit(kind: str) -> None:
    """Raise `StepFailed` with what to install if the toolkit of `kind` is missing.

    It takes gigabytes, so installing it is the user's decision.
    """
    toolkit = KINDS[kind]
    lacking = [need for need in missing(toolkit.needs) if need.probe != toolkit.program or _program(toolkit) is None]
    if lacking:
        system_packages.refuse(lacking)
    if toolkit.program and sys.platform != "linux" and _program(toolkit) is None:
        raise StepFailed(
            tr(
                "Building for {kind} needs {program}: install the {name} first.",
                kind=kind,
                program=toolkit.program,
                name=toolkit.name,
            )
        )


def _program(toolkit: Toolkit) -> Path | None:
    if not toolkit.program:
        return None
    roots = [os.environ.get(name, "") for name in ("CUDA_PATH", "CUDA_HOME", "VULKAN_SDK", "ROCM_PATH", "HIP_PATH")]
    places = [*(str(Path(root) / "bin") for root in roots if root), *toolkit.places]
    found = shutil.which(toolkit.program) or shutil.which(toolkit.program, path=os.pathsep.join(places))
    return Path(found) if found else None


def _known(file: Path) -> str:
    try:
        kind = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
    return kind if kind in KINDS else ""


def _others() -> str:
    kinds: Iterable[str] = (kind for kind in KINDS if kind != "metal")
    return ", ".join(kinds)
