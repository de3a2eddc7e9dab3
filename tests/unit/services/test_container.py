"""What the container says when a plug is not there."""

from __future__ import annotations

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.protocols import ModelProfile


def test_an_unknown_backend_is_refused_with_those_that_exist() -> None:
    services = build_services()
    with pytest.raises(HelperError) as caught:
        services.open_backend(ModelProfile("mine", "mine", "lokal", "Mine", "mine"))
    services.close()
    assert caught.value.kind is ErrorKind.CONFIG
    assert caught.value.message == "There is no backend called “lokal”."
    assert "local, " in caught.value.fix
