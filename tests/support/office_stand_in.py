"""A script in the place of LibreOffice: writes down how it was called, and does what a test wants."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop_helper.core import office_program
from tests.support import office_files, sample_files

SCRIPT = """#!{python}
import json, os, pathlib, shutil, sys, time
told = pathlib.Path({told!r})
begins = pathlib.Path(sys.argv[-1]).read_bytes()[:8].hex()
told.write_text(json.dumps([sys.argv[1:], dict(os.environ), begins]))
{deed}
"""
KIND = "sys.argv[sys.argv.index('--convert-to') + 1]"  # of what it is to make
PRINTS = f"shutil.copy({{pdf!r}}.removesuffix('pdf') + {KIND}, 'document.' + {KIND})"


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, deed: str = PRINTS, pages: int = 3) -> Path:
    """LibreOffice is this script; returns where it writes how it was called."""
    (folder / "printed.pdf").write_bytes(sample_files.pdf(pages))
    for kind, made in (("docx", office_files.docx), ("xlsx", office_files.xlsx), ("pptx", office_files.pptx)):
        (folder / f"printed.{kind}").write_bytes(made())
    script, told = folder / "soffice", folder / "told.json"
    deed = deed.replace("{pdf!r}", repr(str(folder / "printed.pdf")))
    script.write_text(SCRIPT.format(python=sys.executable, told=str(told), deed=deed))
    script.chmod(0o755)
    monkeypatch.setenv(office_program.VARIABLE, str(script))
    return told
