"""What llama.cpp computes on here, asked from a child, and how `doctor` puts it."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import asdict

import pytest

from desktop_helper.backends.local import devices, engine_report
from desktop_helper.backends.local.devices import Device
from desktop_helper.core.gguf.architectures import library_folder
from desktop_helper.core.gguf.number_formats import BLOCKS

CPU = Device("CPU", "Some Processor", "cpu", 8 << 30, 16 << 30, shares_ram=True)
CARD = Device("CUDA0", "NVIDIA RTX 9090", "gpu", 20 << 30, 24 << 30)


def described(*found, backends=("CPU",), offload=False):
    return {
        "installed": True,
        "version": "0.3.36",
        "backends": list(backends),
        "features": ["SSE3", "AVX2", "FMA"],
        "gpu_offload": offload,
        "devices": [asdict(device) for device in found],
    }


def lines(said, makers=()):
    return {
        name: (state.ok, state.reason, state.fix) for name, state in engine_report.lines_of(said, lambda: [*makers])
    }


def test_this_machine():
    said = engine_report.ask()
    assert said["installed"] is True
    assert said["version"].startswith("0.3")
    assert "CPU" in said["backends"]
    (processor,) = [device for device in devices.of_description(said["devices"]) if device.kind == "cpu"]
    assert processor.description
    assert 0 < processor.free_bytes <= processor.total_bytes


def test_the_lines_of_this_machine():
    found = dict(engine_report.details())
    assert found["engine"].reason.startswith("llama-cpp-python 0.3")
    assert "GB free" in found["device CPU"].reason


def test_a_graphics_card():
    found = lines(described(CPU, CARD, backends=("CUDA", "CPU"), offload=True))
    assert found["engine"] == (True, "llama-cpp-python 0.3.36, CUDA + CPU (AVX2, FMA)", "")
    assert found["device CUDA0"] == (True, "NVIDIA RTX 9090, 21.5 of 25.8 GB free", "")
    assert "graphics card" not in found


def test_a_card_whose_memory_is_unknown():
    quiet = Device("Vulkan0", "Card", "igpu", 0, 0, shares_ram=True)
    assert lines(described(CPU, quiet, offload=True))["device Vulkan0"][1] == "Card"
    assert quiet.known_free is None


def test_a_build_for_cards_that_finds_none():
    ok, reason, fix = lines(described(CPU, backends=("CUDA", "CPU"), offload=True))["graphics card"]
    assert (ok, reason) == (False, "The engine was built for one (CUDA), but finds none.")
    assert "driver" in fix


@pytest.mark.parametrize(("makers", "kind"), [(["NVIDIA"], "cuda"), (["AMD"], "vulkan"), (["NVIDIA", "Intel"], "cuda")])
def test_a_card_that_the_build_does_not_use(makers, kind):
    ok, reason, fix = lines(described(CPU), makers)["graphics card"]
    assert not ok
    assert ", ".join(makers) in reason
    assert f"python3 installers/from_source.py setup --gpu {kind}" in fix


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody lists the cards")
def test_no_card_is_no_fault():
    assert lines(described(CPU))["graphics card"][0] is True


def test_an_engine_that_cannot_be_loaded():
    ok, reason, fix = lines({"installed": True, "error": "libcudart.so.13: cannot open shared object file"})["engine"]
    assert not ok
    assert "libcudart.so.13" in reason
    assert "--gpu cpu" in fix


def test_no_engine(monkeypatch):
    monkeypatch.setattr(devices, "library_folder", lambda: None)
    assert devices.describe() == {"installed": False}
    assert devices.list_devices() == ()
    assert lines({"installed": False}) == {}


def test_makers_are_read_from_the_kernel(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_report, "_CARDS", tmp_path)
    for number, vendor in enumerate(("0x1002\n", "0x8086\n", "0x1234\n")):
        place = tmp_path / f"card{number}" / "device"
        place.mkdir(parents=True)
        (place / "vendor").write_text(vendor)
    assert engine_report.card_makers() == ["AMD", "Intel"]


def test_number_formats_are_those_of_the_installed_library():
    (path,) = library_folder().glob("libggml-base.so")
    ggml = ctypes.CDLL(str(path))
    ggml.ggml_blck_size.restype, ggml.ggml_type_size.restype = ctypes.c_int64, ctypes.c_size_t
    for kind in range(max(BLOCKS) + 1):
        assert (ggml.ggml_blck_size(kind), ggml.ggml_type_size(kind)) == BLOCKS.get(kind, (0, 0)), kind
