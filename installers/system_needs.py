"""What a Linux system must have besides Python, and the packages that bring it."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """A library (probed by loading it), a program (looked for on PATH) or one of `_CHECKS`, and its packages."""

    probe: str
    apt: str
    dnf: str
    pacman: str

    def is_met(self) -> bool:
        """Whether the system has it."""
        if self.probe in _CHECKS:
            return _CHECKS[self.probe]()
        if ".so" not in self.probe:
            return shutil.which(self.probe) is not None
        try:
            ctypes.CDLL(self.probe)
        except OSError:
            return False
        return True


PYTHON_VENV = Need("python3 -m venv", "python3-venv", "python3", "python")

# What Qt's xcb and offscreen plug-ins, its libraries, and mss load.
LIBRARIES = (
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs", "krb5"),
    Need("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Need("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Need("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Need("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
)
WAYLAND_LIBRARIES = (
    Need("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland"),
    Need("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    Need("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
)
CJK_FONT = Need("Chinese font", "fonts-noto-cjk", "default-fonts-cjk-sans", "noto-fonts-cjk")
COMPILER = (
    Need("C compiler", "build-essential", "gcc", "base-devel"),
    Need("C++ compiler", "build-essential", "gcc-c++", "base-devel"),
)
# Real X servers and a Wayland compositor, windows, keys, trays and portals, for the end-to-end tests.
TEST_RIG = (
    Need("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need("openbox", "openbox", "openbox", "openbox"),
    Need("xdotool", "xdotool", "xdotool", "xdotool"),
    Need("xrandr", "x11-xserver-utils", "xrandr", "xorg-xrandr"),
    Need("xwd", "x11-apps", "xwd", "xorg-xwd"),
    Need("dbus-daemon", "dbus", "dbus-daemon", "dbus"),
    Need("xterm", "xterm", "xterm", "xterm"),
    Need("xclip", "xclip", "xclip", "xclip"),
    Need("setxkbmap", "x11-xkb-utils", "setxkbmap", "xorg-setxkbmap"),
    Need("tint2", "tint2", "tint2", "tint2"),
    Need("trayer", "trayer", "trayer", "trayer"),
    Need("pcmanfm", "pcmanfm", "pcmanfm", "pcmanfm"),
    Need("sway", "sway", "sway", "sway"),
    Need("swaybg", "swaybg", "swaybg", "swaybg"),
    Need("wl-paste", "wl-clipboard", "wl-clipboard", "wl-clipboard"),
    Need("grim", "grim", "grim", "grim"),
    Need("wtype", "wtype", "wtype", "wtype"),
    Need("pipewire", "pipewire", "pipewire", "pipewire"),
    Need("wireplumber", "wireplumber", "wireplumber", "wireplumber"),
    Need("wlroots' portals", "xdg-desktop-portal-wlr", "xdg-desktop-portal-wlr", "xdg-desktop-portal-wlr"),
    # wlroots' do not ask whether a program may; without who does, no portal offers screenshots.
    Need("GTK's portals", "xdg-desktop-portal-gtk", "xdg-desktop-portal-gtk", "xdg-desktop-portal-gtk"),
)
BENCH_RIG = (Need("flameshot", "flameshot", "flameshot", "flameshot"),)


def missing(needs: Iterable[Need]) -> list[Need]:
    """Those that the system lacks. Empty on Windows and macOS, whose wheels bring everything."""
    return [need for need in needs if not need.is_met()] if sys.platform == "linux" else []


def _has_cjk_font() -> bool:
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    folders += [Path.home() / ".fonts", Path.home() / ".local/share/fonts"]
    signs = ("cjk", "wqy", "sourcehan", "source-han", "uming", "ukai", "droidsansfallback", "notosanssc", "sarasa")
    return any(
        sign in file.name.lower()
        for folder in folders
        if folder.is_dir()
        for file in folder.rglob("*.[to]t[fc]")
        for sign in signs
    )


def _has_ensurepip() -> bool:
    # Debian splits the standard library: without python3-venv, `venv` exists but cannot install pip.
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def _has_service(name: str) -> bool:
    # A service of the session bus, not a command.
    return any((Path(folder) / name).exists() for folder in ("/usr/libexec", "/usr/lib"))


def _has_header(*names: str) -> bool:
    """Whether a file lies under one of the folders for headers, and for what CMake reads."""
    folders = [Path("/usr/include"), Path("/usr/local/include"), Path("/usr/share"), Path("/usr/lib")]
    sdk = os.environ.get("VULKAN_SDK")
    folders += [Path(sdk) / "include", Path(sdk) / "share", Path(sdk) / "lib"] if sdk else []
    return any((folder / name).exists() for folder in folders for name in names)


_CHECKS: dict[str, Callable[[], bool]] = {
    "Chinese font": _has_cjk_font,
    "python3 -m venv": _has_ensurepip,
    "C compiler": lambda: any(shutil.which(name) for name in ("cc", "gcc", "clang")),
    "Vulkan headers": lambda: _has_header("vulkan/vulkan.h"),
    "SPIR-V headers": lambda: _has_header("spirv/unified1/spirv.hpp", "cmake/SPIRV-Headers/SPIRV-HeadersConfig.cmake"),
    "wlroots' portals": lambda: _has_service("xdg-desktop-portal-wlr"),
    "GTK's portals": lambda: _has_service("xdg-desktop-portal-gtk"),
    "C++ compiler": lambda: any(shutil.which(name) for name in ("c++", "g++", "clang++")),
}
