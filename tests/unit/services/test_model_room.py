"""What is known about the room in the model in use, before it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.services.container import Services
from desktop_helper.services.model_room import context_of
from desktop_helper.services.providers import LOCAL_CONTEXT
from tests.support.local_models import local_profile

LOCAL = local_profile(None, None)


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def test_only_a_context_that_nobody_chose_may_be_less(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "active_profile", lambda: replace(LOCAL, context_tokens=None))
    found = context_of(services, 0)
    assert (found.limit, found.at_most) == (LOCAL_CONTEXT, True)
    monkeypatch.setattr(services, "active_profile", lambda: LOCAL)
    found = context_of(services, 0)
    assert (found.limit, found.at_most) == (8192, False)
