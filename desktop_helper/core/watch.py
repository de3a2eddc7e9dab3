"""A region that is watched: what `services.watch` and the process that looks at it tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop_helper.core.geometry import Rect


class Rule(StrEnum):
    """When to ask again."""

    CHANGE = "change"  # it shows something else
    REST = "rest"  # it has changed, and has stood still for a while since then


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What to watch.

    Args:
        area: of the desktop, in the units of `Capturer.grab`.
        rule: when it matters.
        fps: how often to look; four times a second and less would not tell a film from what comes and stays.
        rest_s: how long it must stand still, if `rule` says so.
    """

    area: Rect
    rule: Rule
    fps: float = 8.0
    rest_s: float = 4.0

    def to_header(self) -> dict[str, Any]:
        """As a part of a frame's header."""
        area = self.area
        place = [area.x, area.y, area.width, area.height]
        return {"area": place, "rule": self.rule.value, "fps": self.fps, "rest_s": self.rest_s}

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> WatchSpec:
        """The spec that `to_header` described."""
        return cls(Rect(*header["area"]), Rule(header["rule"]), header["fps"], header["rest_s"])
