"""Keeps PySide6 from reading the source of every module that is imported after it.

It looks there for its own name, in case the module switches on snake case or true properties with `__feature__`. We
never do. Reading cost a tenth of the start, and Python's line cache kept all those sources: 8 MB in the idle app.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_MODULE, _FUNCTION = "shibokensupport.feature", "_mod_uses_pyside"


def switch_off() -> bool:
    """Call it before Qt is imported. False: this PySide6 does it differently, and only speed is lost."""
    importlib.import_module("shiboken6")
    found = sys.modules.get(_MODULE)
    if found is None or not hasattr(found, _FUNCTION):
        return False
    vars(found)[_FUNCTION] = _uses_no_feature
    return True


def _uses_no_feature(_module: ModuleType) -> bool:
    return False
