"""Every colour that is read can be read, in every look, with every accent."""

from __future__ import annotations

import itertools
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.resources import resource
from desktop_helper.services.settings import ACCENTS
from desktop_helper.ui.colours import READABLE, READABLE_HIGH, SEEDS, colours, contrast, mixed

LOOKS = list(itertools.product(("light", "dark"), (False, True)))
READ = ("text", "dim", "accent", "ok", "warn", "bad", "code_keyword", "code_function", "code_string", "code_number",
        "code_comment")  # fmt: skip
GROUNDS = ("background", "surface", "sunken")
PAIRS = [("on_accent", "accent"), ("ok", "ok_soft"), ("warn", "warn_soft"), ("text", "bad_soft"), ("dim", "bad_soft"),
         ("bad", "bad_soft"), ("text", "accent_soft"), ("accent", "accent_soft"), ("text", "hover")]  # fmt: skip
ACCENTED = [(ink, ground) for ink, ground in PAIRS if "accent" in ink + ground]
LINE = 3.0  # WCAG's least for what is drawn, not written

seeds = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@pytest.mark.parametrize(("name", "high"), LOOKS)
@pytest.mark.parametrize(("ink", "ground"), [*itertools.product(READ, GROUNDS), *PAIRS])
def test_what_must_be_read_can_be_read(name: str, high: bool, ink: str, ground: str) -> None:
    found = colours(name, high_contrast=high)
    assert contrast(found[ink], found[ground]) >= (READABLE_HIGH if high else READABLE)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_in_high_contrast_hints_are_read_too_and_every_line_is_seen(name: str) -> None:
    found = colours(name, high_contrast=True)
    for ground in GROUNDS:
        assert contrast(found["faint"], found[ground]) >= READABLE_HIGH
        assert min(contrast(found[line], found[ground]) for line in ("line", "line_strong")) >= READABLE


def test_all_themes_name_the_same_roles() -> None:
    files = sorted(resource("themes").glob("*.toml"))
    roles = {file.name: set(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}
    assert len(files) == len(LOOKS)
    assert len(set(map(frozenset, roles.values()))) == 1, roles


@pytest.mark.parametrize(("name", "high"), LOOKS)
@given(seed=seeds)
def test_whatever_accent_is_chosen_can_be_read(name: str, high: bool, seed: str) -> None:
    found = colours.__wrapped__(name, high_contrast=high, seed=seed)
    least = READABLE_HIGH if high else READABLE
    for ink, ground in [*itertools.product(("accent",), GROUNDS), *ACCENTED]:
        assert contrast(found[ink], found[ground]) >= least, (ink, ground)
    assert contrast(found["on_accent"], found["accent_hover"]) >= least
    assert contrast(found["accent"], found["background"]) >= LINE


@pytest.mark.parametrize("accent", SEEDS)
def test_the_offered_accents_keep_their_hue_in_the_light(accent: str) -> None:
    """Each can be told from the others: none ends in black."""
    others = [colours("light", seed=SEEDS[name])["accent"] for name in SEEDS if name != accent]
    mine = colours("light", seed=SEEDS[accent])["accent"]
    assert mine not in others
    assert mine != "#000000"


def test_every_accent_of_the_settings_exists() -> None:
    assert set(ACCENTS) - {"own", "system"} == set(SEEDS)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert mixed("#000000", "#FFFFFF", 0.5) == "#808080"
