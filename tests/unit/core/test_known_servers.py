"""What is known of servers: kept for each model and address, and never in anybody's way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.known_servers import Abilities, Known, KnownServers, _known

URL, MODEL = "http://127.0.0.1:8000/v1", "glm"
FOUND = Abilities(1.0, 0.25, ("glm", "other"), pictures=True, sees=False, thinks=True, tools=None)


@pytest.fixture
def known(tmp_path: Path) -> KnownServers:
    return KnownServers(tmp_path / "servers")


def test_what_is_kept_comes_back(known: KnownServers) -> None:
    known.keep(URL, MODEL, FOUND)
    known.refuse(URL, MODEL, ("seed",))
    known.refuse(URL, MODEL, ("seed", "top_p"))
    assert known.get(URL, MODEL) == Known(("seed", "top_p"), FOUND)
    assert known.get(URL, "other") == Known()
    assert known.get("http://127.0.0.1:9/v1", MODEL) == Known()


def test_it_can_be_forgotten(known: KnownServers) -> None:
    known.forget(URL, MODEL)
    known.refuse(URL, MODEL, ("seed",))
    known.forget(URL, MODEL)
    assert known.get(URL, MODEL) == Known()


def test_a_long_list_is_cut(known: KnownServers) -> None:
    known.keep(URL, MODEL, replace(FOUND, models=tuple(map(str, range(5000)))))
    abilities = known.get(URL, MODEL).abilities
    assert abilities is not None
    assert len(abilities.models) == 500


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    known = KnownServers(tmp_path / "file" / "servers")
    known.refuse(URL, MODEL, ("seed",))
    assert known.get(URL, MODEL) == Known()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", '{"refused": 5}', '{"refused": [], "abilities": {"tested": "x"}}']
)
def test_a_damaged_file_is_no_knowledge(known: KnownServers, tmp_path: Path, text: str) -> None:
    known.refuse(URL, MODEL, ("seed",))
    (file,) = (tmp_path / "servers").iterdir()
    file.write_text(text)
    assert known.get(URL, MODEL) == Known()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["refused", "abilities", "models", "tested", "first_s"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_understood_or_refused(values: object) -> None:
    try:
        known = _known(values)
    except (TypeError, ValueError, LookupError, AttributeError):
        return
    assert all(isinstance(name, str) for name in known.refused)
