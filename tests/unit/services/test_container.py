"""What the container says when a plug is not there."""

from __future__ import annotations

import threading
import time

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services import converter


def test_an_unknown_backend_is_refused_with_those_that_exist() -> None:
    services = build_services()
    with pytest.raises(HelperError) as caught:
        services.open_backend(ModelProfile("mine", "mine", "lokal", "Mine", "mine"))
    services.close()
    assert caught.value.kind is ErrorKind.CONFIG
    assert caught.value.message == "There is no backend called “lokal”."
    assert "local, " in caught.value.fix


def test_threads_that_ask_at_once_get_the_same(monkeypatch) -> None:
    class SlowToMake(converter.Converter):
        def __init__(self, *args, **options) -> None:
            time.sleep(0.05)
            super().__init__(*args, **options)

    monkeypatch.setattr(converter, "Converter", SlowToMake)
    services = build_services()
    got = []
    threads = [threading.Thread(target=lambda: got.append(services.converter)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    services.close()
    assert len(got) == 4
    assert len(set(map(id, got))) == 1


def test_no_model_is_asked_that_nobody_has_chosen() -> None:
    """The settings cannot be read: defaults stand in for them."""
    services = build_services()
    try:
        services.paths.ensure()
        services.paths.settings_file.write_text("[window\n", encoding="utf-8")
        settings, problem = services.settings.load_or_defaults()
        assert settings.privacy.local_only
        with pytest.raises(HelperError) as caught:
            services.open_backend(services.active_profile())
        assert caught.value is problem
    finally:
        services.close()
