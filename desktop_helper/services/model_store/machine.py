"""Which models fit this machine. A rough guess on purpose: the engine measures before it loads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_helper.core import memory
from desktop_helper.services.model_store.catalogue import CatalogueEntry

# What the system and other programs keep: a quarter of the memory, but at least so much.
_OTHERS = 0.25
_OTHERS_BYTES = 3_000_000_000
_VRAM_SHARE = 0.92  # the screen needs some of it as well
# More parameters than these working on each word are too slow without a graphics card.
_MAX_ACTIVE_ON_CPU = 13.0
_RECOMMENDED_ACTIVE_ON_CPU = 10.0


class Fit(StrEnum):
    """How well a model fits."""

    GPU = "gpu"
    MEMORY = "memory"
    SLOW = "slow"
    TIGHT = "tight"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model can use. None: unknown, or no graphics memory."""

    ram: int | None
    vram: int | None = None

    @classmethod
    def this(cls, vram: int | None = None) -> Machine:
        """This one. Nothing here asks for graphics memory, which takes the engine to know."""
        return cls(memory.total_bytes(), vram)

    def fit(self, entry: CatalogueEntry) -> Fit:
        """How well `entry` fits."""
        need = entry.memory_bytes
        if self.vram is not None and need <= self.vram * _VRAM_SHARE:
            return Fit.GPU
        if self.ram is None:
            return Fit.UNKNOWN
        if need <= self.ram - max(self.ram * _OTHERS, _OTHERS_BYTES):
            return Fit.SLOW if entry.active_parameters > _MAX_ACTIVE_ON_CPU else Fit.MEMORY
        return Fit.TIGHT if need <= self.ram else Fit.NO


def recommended(entries: list[CatalogueEntry], machine: Machine) -> CatalogueEntry | None:
    """The best entry (they come best first) that works well here; None if none does."""
    choices = [entry for entry in entries if entry.recommended]
    for fit in (Fit.GPU, Fit.MEMORY, Fit.TIGHT):
        for entry in choices:
            slow = fit is not Fit.GPU and entry.active_parameters > _RECOMMENDED_ACTIVE_ON_CPU
            if machine.fit(entry) is fit and not slow:
                return entry
    return None
