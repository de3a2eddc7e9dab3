"""Short words about models that the window and the command line share."""

from __future__ import annotations

from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.machine import Fit


def fit_text(fit: Fit) -> str:
    """How well a model fits this machine."""
    return {
        Fit.GPU: tr("fits the graphics card"),
        Fit.MEMORY: tr("fits this machine"),
        Fit.SLOW: tr("fits, but slow without a graphics card"),
        Fit.TIGHT: tr("may fit if little else runs"),
        Fit.NO: tr("needs more memory"),
        Fit.UNKNOWN: tr("memory unknown"),
    }[fit]
