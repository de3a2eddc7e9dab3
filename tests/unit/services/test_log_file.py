from __future__ import annotations

import logging
import sys

import pytest

from desktop_helper.services import log_file
from desktop_helper.services.log_file import logging_to

pytestmark = pytest.mark.allow_warnings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.log"


def test_warnings_of_all_and_remarks_of_ours_are_kept(path):
    with logging_to(path):
        logging.getLogger("desktop_helper.x").info("one")
        logging.getLogger("desktop_helper.x").debug("two")
        logging.getLogger("foreign").info("three")
        logging.getLogger("foreign").warning("four")
    logging.getLogger("desktop_helper.x").error("five")
    assert [line.split(": ")[1] for line in path.read_text().splitlines()] == ["one", "four"]


def test_an_exception_is_told_without_its_own_words(path):
    asked = "the user's question"
    with logging_to(path):
        try:
            try:
                raise ValueError(asked)
            except ValueError as error:
                raise RuntimeError(asked) from error
        except RuntimeError:
            logging.getLogger("desktop_helper.x").exception("failed")
    text = path.read_text()
    assert asked not in text
    assert text.index("builtins.ValueError") < text.index("builtins.RuntimeError")
    assert "test_log_file.py" in text


def test_it_does_not_grow_for_ever(path, monkeypatch):
    monkeypatch.setattr(log_file, "LIMIT", 1000)
    with logging_to(path):
        for number in range(200):
            logging.getLogger("desktop_helper.x").error("number %d", number)
    old = path.with_name("a.log.1")
    assert path.stat().st_size < 1200
    assert old.stat().st_size < 1200
    assert "number 199" in path.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_only_the_user_may_read_it(path):
    with logging_to(path):
        logging.getLogger("desktop_helper.x").error("x")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_refuses_is_no_second_fault(tmp_path, capsys):
    with logging_to(tmp_path / "none" / "a.log"):
        logging.getLogger("desktop_helper.x").error("x")
    assert capsys.readouterr() == ("", "")
