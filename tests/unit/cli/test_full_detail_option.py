"""`ask --full-detail`: pictures pixel for pixel; without it, that one was made smaller is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.services.container import Services
from tests.support import sample_files
from tests.unit.cli.test_ask import CUSTOM, dry_run


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.png"
    path.write_bytes(sample_files.picture(3840, 2160))
    return path


def test_that_a_picture_was_made_smaller_is_said(
    services: Services, tmp_path: Path, large: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dry_run(services, tmp_path / "out", "--file", str(large), *CUSTOM, "Why?")
    assert "large.png was made smaller: 3840 × 2160 → " in capsys.readouterr().err


def test_with_the_option_it_goes_in_parts(
    services: Services, tmp_path: Path, large: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = dry_run(services, tmp_path / "out", "--file", str(large), "--full-detail", *CUSTOM, "Why?")
    assert json.dumps(request).count('"width"') == 3
    said = capsys.readouterr().err
    assert "was made smaller" not in said
    assert "The next 2 show it in full detail" in said
