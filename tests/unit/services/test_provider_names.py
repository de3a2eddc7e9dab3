"""Names in a provider file that nothing reads are told with their line and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.resources import resource
from desktop_helper.services.provider_names import warnings

QUIRKS = ("thinking_style", "seed", "video")


def told(path: Path, text: str, quirks: tuple[str, ...] | None = QUIRKS) -> list[str]:
    file = path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return [said.removeprefix(str(file)) for said in warnings(file, lambda _backend: quirks)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bas_url = 'http://a/v1'", ":1: “bas_url” has no effect; did you mean “base_url”?"),
        ("[quirks]\nthinking_stile = 'zai'", ":2: “quirks.thinking_stile” has no effect; did you mean "
         "“quirks.thinking_style”?"),
        ("[quirks.video]\nmax_mbs = 3", ":2: “quirks.video.max_mbs” has no effect; did you mean "
         "“quirks.video.max_mb”?"),
        ("[recognise]\nown = []", ":2: “recognise.own” has no effect, since this version does not know it."),
        ("[[models]]\nid = 'm'\nmax_image = 3", ":3: “models.m.max_image” has no effect; did you mean "
         "“models.m.max_images”?"),
        ("[[models]]\nid = 'm'\nprice = { inptu = 1 }", ":3: “models.m.price.inptu” has no effect; did you mean "
         "“models.m.price.input”?"),
        ("[[models]]\nid = 'm'\nquirks = { sed = true }", ":3: “models.m.quirks.sed” has no effect; did you mean "
         "“models.m.quirks.seed”?"),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert told(tmp_path, text) == [said]


def test_languages_and_request_fields_are_the_users_own(tmp_path: Path) -> None:
    text = "title = { en = 'a', xx = 'b' }\n[quirks.video]\nfields = { media_io_kwargs = { video = {} } }\n"
    assert told(tmp_path, text) == []


def test_quirks_of_a_backend_that_is_not_there_are_not_judged(tmp_path: Path) -> None:
    assert told(tmp_path, "[quirks]\nanything = 1", None) == []


@pytest.mark.parametrize("text", ["[quirks", "a = " + "[" * 3000, "a = " + "1" * 5000])
def test_a_file_that_cannot_be_read_is_told_elsewhere(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == []


def test_our_own_files_hold_nothing_of_the_kind() -> None:
    services = build_services()
    try:
        names = [path.stem for path in resource("providers").glob("*.toml")]
        assert {name: services.provider_warnings(name) for name in names} == dict.fromkeys(names, ())
        assert services.provider_warnings("nobody") == ()
    finally:
        services.close()
