"""What hardly anybody sets for a server: whose certificates are trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_helper.core.errors import HelperError
from desktop_helper.services.settings import ProfileSettings, Settings
from tests.support.settings_desk import choose
from tests.support.tls_server import COMPANY_CA


def test_an_authority_is_kept_with_its_profile(open_settings, desk, qtbot):
    window = open_settings()
    choose(window.model.provider, "vllm")
    server = window.model.server
    assert not server.isHidden()
    assert not server.fold.isChecked()
    server.fold.click()
    qtbot.keyClicks(server.ca_file.edit, str(COMPANY_CA))
    assert window.model.draft_profile()[0].ca_file == str(COMPANY_CA)
    with qtbot.waitSignal(window.saved):
        window.save_button.click()
    assert desk.saved().profiles["vllm"].ca_file == str(COMPANY_CA)
    assert desk.saved().profiles["zai"].ca_file == ""


def test_it_is_unfolded_where_one_is_set_and_gone_for_files_of_this_machine(open_settings, desk):
    desk.services.settings.save(
        Settings(active_profile="vllm", profiles={"vllm": ProfileSettings("vllm", ca_file="~/company.pem")})
    )
    window = open_settings()
    assert window.model.server.fold.isChecked()
    assert window.model.server.ca_file.path == "~/company.pem"
    choose(window.model.provider, "local")
    assert window.model.server.isHidden()
    choose(window.model.provider, "ollama")
    assert window.model.server.ca_file.path == ""


def test_a_file_that_is_no_certificate_is_told_before_it_is_saved(open_settings, desk, qtbot, tmp_path):
    (tmp_path / "notes.pem").write_text("no certificate", encoding="utf-8")
    window = open_settings()
    choose(window.model.provider, "vllm")
    window.model.server.fold.click()
    qtbot.keyClicks(window.model.server.ca_file.edit, str(tmp_path / "notes.pem"))
    with pytest.raises(HelperError, match="holds no certificate"):
        window.model.draft_profile()
    before = desk.saved()
    window.save_button.click()
    assert window.isVisible()
    assert replace(desk.saved(), active_profile="") == replace(before, active_profile="")
