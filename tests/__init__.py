"""Tests: unit and contract run without Qt, ui and e2e with it."""
