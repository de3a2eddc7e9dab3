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
# What it makes pages of here; `attachments` has the readers of the same names.
DOCUMENTS = frozenset(
    f".{name}"
    for name in (
        *("docx", "docm", "dotx", "dotm", "doc", "pptx", "pptm", "ppsx", "potx", "ppt", "rtf"),
        *("xlsx", "xlsm", "xltx", "xltm", "xls", "odt", "ods", "odp", "ott", "ots", "otp"),
    )
)


def may_print(name: str) -> bool:
    """Whether a file called that may become pages."""
    return Path(name).suffix.lower() in DOCUMENTS and program() is not None


def program() -> str | None:
    """The command, if it is installed and not turned off. `DESKTOP_HELPER_LIBREOFFICE` names another one, or `none`."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return shutil.which(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in PLACES.get(sys.platform, ()) if Path(place).is_file()), None)
