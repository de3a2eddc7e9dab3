"""Widgets are tested without a display."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The one QApplication of a test run is made before any per-test environment is."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return ["desktop-helper-tests"]
