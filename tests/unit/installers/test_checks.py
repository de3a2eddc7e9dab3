"""The environment without Qt really has none."""

from __future__ import annotations

from installers.checks import without_qt
from installers.environment import DEV

LOCK = """\
# made by hand
pygments==2.0 \\
    --hash=sha256:01
    # via pytest
pyside6-essentials==6.11.3 ; python_full_version < '3.12' \\
    --hash=sha256:02 \\
    --hash=sha256:03
    # via desktop-helper (pyproject.toml)
pytest-qt==4.5.0 \\
    --hash=sha256:04
pytest==9.0 \\
    --hash=sha256:05
    # via
    #   pytest-qt
"""


def test_whole_entries_are_left_out() -> None:
    left = without_qt(LOCK)
    assert "sha256:02" not in left
    assert "sha256:03" not in left
    assert "sha256:04" not in left
    assert "sha256:01" in left
    assert "sha256:05" in left


def test_the_real_lock_file_loses_exactly_what_brings_qt() -> None:
    before = DEV.read_text(encoding="utf-8").splitlines()
    after = set(without_qt(DEV.read_text(encoding="utf-8")).splitlines())
    lost = {line.split("==")[0] for line in before if line[:1].isalnum() and line not in after}
    assert lost == {"pyside6-essentials", "shiboken6", "pytest-qt"}
