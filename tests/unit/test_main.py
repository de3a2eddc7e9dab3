"""Whatever happens, the user reads a sentence."""

from __future__ import annotations

import sys

import pytest

from desktop_helper import __main__, bootstrap
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import instance
from desktop_helper.services.paths import Paths

pytestmark = pytest.mark.allow_warnings


@pytest.fixture
def fail(monkeypatch):
    """Lets every command raise."""

    def begin(error):
        def run(_arguments):
            raise error

        monkeypatch.setattr(bootstrap, "run_command", run)

    return begin


def test_a_mistake_of_ours_is_a_sentence_that_names_the_log(fail, capsys):
    fail(ZeroDivisionError("what the user asked"))
    assert __main__.main(["ask", "?"]) == 1
    out, err = capsys.readouterr()
    log = Paths.default().log_file
    assert (out, err) == (
        "",
        f"desktop-helper: Something went wrong inside Desktop Helper (ZeroDivisionError). The log says where: {log}\n",
    )
    assert "ZeroDivisionError" in log.read_text()
    assert "test_main.py" in log.read_text()
    assert "what the user asked" not in log.read_text()


def test_without_a_folder_for_the_log_the_folder_is_what_is_told(fail, capsys, monkeypatch, tmp_path):
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("DESKTOP_HELPER_HOME", str(tmp_path / "home"))
    fail(ZeroDivisionError())
    assert __main__.main(["ask", "?"]) == 1
    err = capsys.readouterr().err
    assert "cannot be used" in err
    assert err.count("\n") == 1


def test_a_known_error_keeps_its_exit_code(fail, capsys):
    fail(HelperError(ErrorKind.NETWORK, "The server is away.", "Wait."))
    assert __main__.main(["ask", "?"]) == 4
    assert capsys.readouterr().err == "desktop-helper: The server is away. Wait.\n"


def test_ctrl_c_is_silent(fail, capsys):
    fail(KeyboardInterrupt())
    assert __main__.main(["ask", "?"]) == 5
    assert capsys.readouterr() == ("", "")


def test_an_instance_that_hangs_is_told(capsys, monkeypatch):
    def hang(*_):
        raise HelperError(ErrorKind.WORKER, "It does not answer.", "End its process.")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(instance, "send_command", hang)
    monkeypatch.setattr(bootstrap, "run_app", lambda _started: pytest.fail("a second app was started"))
    assert __main__.main([]) == 5
    assert capsys.readouterr().err == "desktop-helper: It does not answer. End its process.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--trace", "{file}", "ask", "?"],
        ["--trace={file}", "ask", "?"],
        ["ask", "--trace", "{file}", "?"],
        ["ask", "?", "--trace={file}"],
    ],
)
def test_a_trace_is_written_wherever_it_is_asked_for(words, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(bootstrap, "run_command", lambda arguments: seen.append(arguments) or 0)
    file = tmp_path / "trace.json"
    assert __main__.main([word.format(file=file) for word in words]) == 0
    assert seen == [["ask", "?"]]
    assert file.read_text().startswith("[")


@pytest.mark.parametrize(
    "words",
    [["ask", "--", "--trace", "out"], ["ask", "--", "--trace=out"], ["ask", "--trace", "--", "?"], ["ask", "--traces"]],
)
def test_a_question_about_traces_is_a_question(words, monkeypatch, tmp_path):
    seen = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "run_command", lambda arguments: seen.append(arguments) or 0)
    assert __main__.main(words) == 0
    assert seen == [words]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--trace"], ["--trac=out", "history", "list"]])
def test_half_a_trace_option_is_refused(words, capsys):
    with pytest.raises(SystemExit) as caught:
        __main__.main(words)
    assert caught.value.code == 2
    assert "--trac" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="X servers")
def test_a_display_that_is_not_there_is_told_before_qt_gives_up(capsys, monkeypatch):
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":65123")
    assert __main__.main([]) == 2
    assert capsys.readouterr().err == (
        "desktop-helper: The display :65123 cannot be reached, or does not let this user in. "
        "Start Desktop Helper inside a desktop session, or correct DISPLAY.\n"
    )
