"""The colours of a look: the roles of a theme file, and an accent that is chosen instead of the file's own.

Whatever accent is asked for, what is written in it, and on it, keeps the contrast that the look promises. No Qt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache

from desktop_helper.core.resources import resource

READABLE, READABLE_HIGH = 4.5, 7.0  # WCAG AA and AAA, of text against what it stands on
SEEDS = {
    "teal": "#0F8B8D",
    "green": "#2E8B3D",
    "violet": "#8A4FD3",
    "pink": "#C93B7E",
    "orange": "#D9641A",
    "graphite": "#6B6B6B",
}
_GROUNDS = ("background", "surface", "sunken")
_STEPS = 50
_SOFT = {"light": 0.1, "dark": 0.22}  # of the accent in what is marked with it
_HOVER = 0.16

Channels = tuple[float, float, float]


@cache
def colours(name: str, *, high_contrast: bool = False, seed: str = "") -> dict[str, str]:
    """Role to `#RRGGBB`.

    Args:
        name: `light` or `dark`.
        high_contrast: the variant that keeps 7:1.
        seed: `#RRGGBB` of another accent; it is darkened or lightened until it can be read.
    """
    file = f"{name}-contrast.toml" if high_contrast else f"{name}.toml"
    found: dict[str, str] = tomllib.loads(resource("themes", file).read_text(encoding="utf-8"))
    return found | _accented(found, name, seed, READABLE_HIGH if high_contrast else READABLE) if seed else found


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """`one` with a `share` of `other` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02X}" for a, b in pairs)


def _accented(base: dict[str, str], name: str, seed: str, level: float) -> dict[str, str]:
    ink = "#000000" if name == "light" else "#FFFFFF"  # towards it the accent gains contrast
    soft = mixed(base["background"], seed, _SOFT[name])
    grounds = [*(base[role] for role in _GROUNDS), soft]
    accent = next(
        (tried for tried in _towards(seed, ink) if all(contrast(tried, ground) >= level for ground in grounds)), ink
    )
    return {
        "accent": accent,
        "accent_hover": mixed(accent, ink, _HOVER),
        "accent_soft": soft,
        "on_accent": max(("#FFFFFF", "#000000"), key=lambda paper: contrast(paper, accent)),
    }


def _towards(seed: str, ink: str) -> Iterable[str]:
    return (mixed(seed, ink, step / _STEPS) for step in range(_STEPS + 1))


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
