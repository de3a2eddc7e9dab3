"""Who wants no motion gets none: whatever moves asks the theme how long it may."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOT, code_files, shown, tree

MOVERS = ("QPropertyAnimation", "QVariantAnimation", "QTimeLine", "QScroller")


def moves_unasked(module: ast.Module) -> bool:
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(module)}
    return bool(names & set(MOVERS)) and "duration" not in names


def test_whatever_moves_asks_the_theme() -> None:
    wrong = [shown(path) for path in code_files() if path.is_relative_to(ROOT) and moves_unasked(tree(path))]
    assert not wrong, f"use Theme.duration() in {wrong}"


def test_the_check_sees_an_animation() -> None:
    line = "QPropertyAnimation(widget, b'pos').setDuration({})"
    assert moves_unasked(ast.parse(line.format("120")))
    assert not moves_unasked(ast.parse(line.format("theme.duration(120)")))
