"""Where LibreOffice is, which makes pages of documents."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "DESKTOP_HELPER_LIBREOFFICE"
NAMES = ("soffice", "libreoffice")
PLACES = {
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS/soffice",),
    "win32": (
        r"C:\Program Files\LibreOffice\program\soffice.exe",
        r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    ),
}


def program() -> str | None:
    """The command, if it is installed and not turned off. `DESKTOP_HELPER_LIBREOFFICE` names another one, or `none`."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in PLACES.get(sys.platform, ()) if Path(place).is_file()), None)
