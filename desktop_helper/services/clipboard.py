"""The clipboard without Qt, for the command line: through the programs that each system has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

TIMEOUT_S = 10.0  # an owner of the clipboard that hangs must not hang us
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif", "image/tiff")

_WINDOWS_IMAGE = (
    "Add-Type -AssemblyName System.Windows.Forms,System.Drawing;"
    "$i=[Windows.Forms.Clipboard]::GetImage();"
    "if($i){$i.Save([Console]::OpenStandardOutput(),[Drawing.Imaging.ImageFormat]::Png)}"
)
_WINDOWS_TEXT = "[Console]::OutputEncoding=[Text.Encoding]::UTF8;[Console]::Out.Write((Get-Clipboard -Raw))"
_MACOS_IMAGE = "get the clipboard as «class PNGf»"


def read() -> bytes:
    """The picture in the clipboard as a file's bytes, else its text as UTF-8. Raises `HelperError(SOURCE)`."""
    data = _reader()()
    if not data:
        raise HelperError(
            ErrorKind.SOURCE, tr("The clipboard holds no picture and no text."), tr("Copy what you want to ask about.")
        )
    return data


def _reader() -> Callable[[], bytes]:
    if sys.platform == "win32":
        return _windows
    if sys.platform == "darwin":
        return _macos
    if os.environ.get("WAYLAND_DISPLAY") and shutil.which("wl-paste"):
        return _wayland
    if os.environ.get("DISPLAY"):
        if shutil.which("xclip"):
            return _xclip
        if shutil.which("xsel"):
            return lambda: _output("xsel", "--clipboard", "--output")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise HelperError(
            ErrorKind.SOURCE,
            tr("There is no clipboard, since there is no display."),
            tr("Start it inside a desktop session, or attach a file with --file."),
        )
    raise HelperError(
        ErrorKind.SOURCE,
        tr("No program that reads the clipboard is installed."),
        tr("Install {program}.", program="wl-clipboard" if os.environ.get("WAYLAND_DISPLAY") else "xclip"),
    )


def _wayland() -> bytes:
    offered = _output("wl-paste", "--list-types").decode(errors="replace").split()
    image = next((kind for kind in IMAGE_TYPES if kind in offered), None)
    return _output("wl-paste", "--no-newline", *(("--type", image) if image else ()))


def _xclip() -> bytes:
    command = ("xclip", "-selection", "clipboard", "-out", "-target")
    offered = _output(*command, "TARGETS").decode(errors="replace").split()
    return _output(*command, next((kind for kind in IMAGE_TYPES if kind in offered), "UTF8_STRING"))


def _macos() -> bytes:
    written = _output("osascript", "-e", _MACOS_IMAGE).strip()  # «data PNGf89504E47...»
    digits = written.partition(b"PNGf")[2].rstrip("»".encode())
    try:
        image = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        image = b""
    return image or _output("pbpaste")


def _windows() -> bytes:
    shell = ("powershell", "-NoProfile", "-NonInteractive", "-STA", "-Command")
    return _output(*shell, _WINDOWS_IMAGE) or _output(*shell, _WINDOWS_TEXT)


def _output(*command: str) -> bytes:
    """What `command` prints; nothing if it fails, which is how these programs say that there is nothing."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HelperError(
            ErrorKind.SOURCE,
            tr("The clipboard does not answer."),
            tr("Copy what you want to ask about again."),
        ) from error
    return done.stdout if done.returncode == 0 else b""
