"""Which package manager, which packages, and what is said when they may not be installed."""

from __future__ import annotations

import pytest

from installers import engine_kinds, system_needs, system_packages
from installers.steps import StepFailed
from installers.system_needs import Need
from installers.system_packages import APT, DNF, PACMAN, PackageManager, package_manager, packages_for

OS_RELEASES = {
    "Debian 12": ('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n', APT),
    "Ubuntu 24.04": ("ID=ubuntu\nID_LIKE=debian\n", APT),
    "Linux Mint": ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', APT),
    "Fedora": ("NAME='Fedora Linux'\nID=fedora\n", DNF),
    "Rocky": ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', DNF),
    "Arch": ("ID=arch\n", PACMAN),
    "Manjaro": ("ID=manjaro\nID_LIKE=arch\n", PACMAN),
    "NixOS": ("ID=nixos\n", None),
    "nothing": ("", None),
}

ABSENT = Need("libabsent-for-tests.so.1", "libabsent1", "absent-libs", "absent")
ALSO_ABSENT = Need("absent-program-for-tests", "absent-tools", "absent-tools", "absent")


@pytest.mark.parametrize("system", OS_RELEASES)
def test_the_package_manager_follows_the_distribution(system: str) -> None:
    text, expected = OS_RELEASES[system]
    assert package_manager(text) is expected


def test_a_package_that_brings_two_things_is_named_once() -> None:
    assert packages_for([ABSENT, ALSO_ABSENT], PACMAN) == ["absent"]
    assert packages_for([ABSENT, ALSO_ABSENT], APT) == ["libabsent1", "absent-tools"]


def test_every_need_names_a_package_for_every_family() -> None:
    needs = (
        *system_needs.LIBRARIES,
        *system_needs.WAYLAND_LIBRARIES,
        *system_needs.COMPILER,
        *system_needs.TEST_RIG,
        *system_needs.BENCH_RIG,
        system_needs.CJK_FONT,
        system_needs.PYTHON_VENV,
        *(need for toolkit in engine_kinds.KINDS.values() for need in toolkit.needs),
    )
    assert all(need.apt and need.dnf and need.pacman for need in needs)


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Ubuntu where we are not root."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(system_packages, "_this_manager", lambda: APT)


@pytest.mark.usefixtures("linux")
def test_without_rights_the_one_line_to_run_is_the_message() -> None:
    with pytest.raises(StepFailed) as failure:
        system_packages.ensure([ABSENT], [ALSO_ABSENT], sudo=False)
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libabsent1 absent-tools"
    assert line in str(failure.value)


@pytest.mark.usefixtures("linux")
def test_what_is_only_recommended_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    system_packages.ensure([], [ALSO_ABSENT], sudo=False)
    assert "absent-tools" in capsys.readouterr().err


@pytest.mark.usefixtures("linux")
def test_an_unknown_distribution_gets_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "_this_manager", lambda: None)
    with pytest.raises(StepFailed, match="lacks libabsent-for-tests.so.1"):
        system_packages.ensure([ABSENT], sudo=True)


@pytest.mark.usefixtures("linux")
def test_root_installs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(system_packages, "run_step", lambda _title, command, _log: ran.append(list(command)))
    with pytest.raises(StepFailed, match="still missing"):
        system_packages.ensure([ABSENT], sudo=False)
    env = ["env", "DEBIAN_FRONTEND=noninteractive"]
    assert ran == [[*env, *APT.update], [*env, *APT.install, "libabsent1"]]


@pytest.mark.usefixtures("linux")
def test_a_failing_list_of_packages_does_not_stop_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    met = Need("sh", "dash", "dash", "dash")
    lacking = iter([[met], [], []])

    def run_step(title: str, command: list[str], _log: object) -> None:
        ran.append(title)
        if "update" in command:
            raise StepFailed("one source is broken")

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(system_packages, "run_step", run_step)
    monkeypatch.setattr(system_packages, "missing", lambda _needs: next(lacking))
    system_packages.ensure([met], sudo=False)
    assert ran == ["Reading the list of packages", "Installing dash"]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_lack_nothing(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert system_needs.missing([ABSENT]) == []


@pytest.mark.parametrize("manager", [APT, DNF, PACMAN], ids=lambda manager: manager.name)
def test_installing_never_asks(manager: PackageManager) -> None:
    assert {"-y", "--noconfirm"} & set(manager.install)
