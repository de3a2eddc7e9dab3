"""A real model has loaded and read the picture before the question is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.messages import ImagePart
from tests.support.app import App, gguf_profile, running_app
from tests.support.tiny_gguf import tiny_pair
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(1280, 800, panel="tint2") as running:
        yield running


@pytest.fixture
def app(rig: XRig, tmp_path: Path) -> Iterator[App]:
    pair = tiny_pair()
    with running_app(rig, tmp_path, profile=gguf_profile(pair.gguf, pair.mmproj)) as running:
        yield running


def cached(app: App, count: int) -> tuple[int, int]:
    """Of the last of so many answers: the tokens that were known already, and those of the last picture."""
    usage = app.wait_answer(count).usage
    assert usage is not None
    assert usage.cached_tokens is not None
    pictures = [part for stored in app.stored() for part in stored.message.media if isinstance(part, ImagePart)]
    return usage.cached_tokens, pictures[-1].tokens


def test_the_picture_is_read_while_the_user_types(app: App, rig: XRig) -> None:
    assert app.traced("warm:load") == []
    rig.key("ctrl+shift+x")
    wait_until(lambda: app.traced("warm:load"), "the model to load while the user aims", 60)
    rig.drag((100, 100), (420, 300))
    app.wait_focus()
    wait_until(lambda: app.traced("warm:read"), "the picture to be read", 60)
    app.ask("What is this?")
    known, picture = cached(app, 1)
    assert known > picture > 50

    reads = len(app.traced("warm:read"))
    app.pick_region((500, 300), (900, 600))
    wait_until(lambda: len(app.traced("warm:read")) > reads, "the second picture to be read", 60)
    app.ask("And this?")
    more, second = cached(app, 2)
    assert more > known + second
    assert app.quit() == 0
