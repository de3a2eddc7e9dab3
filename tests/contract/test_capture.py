"""Every registered capture source: says clearly why it cannot work, and keeps the contract where it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_helper.bootstrap import SOURCES
from desktop_helper.core import registry
from desktop_helper.core.protocols import Capturer, CaptureSource
from tests.contract.capture_contract import CaptureContract
from tests.support import desktop_pattern
from tests.support.xrig import x_rig

ALL: list[CaptureSource] = list(registry.discover(*SOURCES))


def test_there_is_a_source_and_names_are_unique() -> None:
    assert ALL
    assert len({source.name for source in ALL}) == len(ALL)


@pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)
def test_without_a_display_it_says_why_and_what_to_do(source: CaptureSource) -> None:
    state = source.availability()  # the tests' environment has no display
    assert state.ok or (state.reason.endswith(".") and state.fix.endswith("."))


@pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)
def test_making_one_opens_nothing(source: CaptureSource) -> None:
    source.create().close()


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A desktop with something on it."""
    with x_rig(640, 480) as rig:
        desktop_pattern.paint(rig.display, rig.width, rig.height)
        yield rig.display


@pytest.mark.parametrize("source", [source for source in ALL if source.name == "mss"], ids=lambda source: source.name)
class TestOnX11(CaptureContract):
    """The contract on a real X server."""

    @pytest.fixture
    def capturer(self, source: CaptureSource, display: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Capturer]:
        monkeypatch.setenv("DISPLAY", display)
        assert source.availability().ok
        made = source.create()
        yield made
        made.close()
