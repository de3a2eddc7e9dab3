"""Nobody walks the focus chain with PySide's own call."""

from __future__ import annotations

import ast

from tests.architecture.sources import PACKAGE, shown, tree

BANNED = "nextInFocusChain"


def calls(source: ast.AST) -> list[int]:
    """The lines that name it."""
    return [node.lineno for node in ast.walk(source) if isinstance(node, ast.Attribute) and node.attr == BANNED]


def test_nobody_takes_the_next_widget_of_one_that_may_be_deleted() -> None:
    """PySide takes the result for a child of the widget that was asked, and lets it go with that (`ui.tab_order`)."""
    found = [f"{shown(path)}:{line}" for path in sorted(PACKAGE.rglob("*.py")) for line in calls(tree(path))]
    assert not found, "use `ui.tab_order`:\n" + "\n".join(found)


def test_the_first_test_can_fail() -> None:
    assert calls(ast.parse("widget.nextInFocusChain()")) == [1]
