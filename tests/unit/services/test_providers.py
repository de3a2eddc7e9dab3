"""Provider files, and what they and the settings make together."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFWriter

from desktop_helper.backends.local import fit
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.core import i18n
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.price import Price
from desktop_helper.core.resources import resource
from desktop_helper.services.provider_file import ModelSpec, Signs
from desktop_helper.services.providers import (
    LOCAL_CONTEXT,
    Providers,
    profile_from_options,
    readable_tokens,
    resolve,
    unused_certificate,
)
from desktop_helper.services.settings import FIRST_PROFILE, ProfileSettings, Settings


@pytest.fixture
def providers(tmp_path: Path) -> Providers:
    return Providers(resource("providers"), tmp_path)


def error_of(call) -> HelperError:
    with pytest.raises(HelperError) as caught:
        call()
    assert caught.value.kind == ErrorKind.CONFIG
    assert caught.value.fix
    return caught.value


def test_ours_are_all_readable(providers: Providers) -> None:
    assert providers.problems() == []
    names = {spec.name for spec in providers.all()}
    assert names >= {"zai", "bigmodel", "custom", "local", "vllm", "sglang", "llama-server", "ollama", "lmstudio"}
    for spec in providers.all():
        for quirks in (spec.quirks, *(model.quirks for model in spec.models)):
            assert set(quirks) <= Quirks.__dataclass_fields__.keys()
            Quirks.of(quirks)


def test_ours_say_nothing_that_nobody_reads() -> None:
    """A misspelt key would be passed over in silence."""
    top = {"title", "backend", "base_url", "key_url", "key_env", "key_hint", "note", "recognise", "quirks", "models"}
    for path in resource("providers").glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(table) <= top, path.name
        assert set(table.get("recognise", {})) <= Signs.__dataclass_fields__.keys()
        for model in table.get("models", []):
            assert set(model) <= ModelSpec.__dataclass_fields__.keys()
            assert set(model.get("price", {})) <= Price.__dataclass_fields__.keys()


def test_hosted_ones_say_where_to_get_a_key(providers: Providers) -> None:
    hosted = [spec for spec in providers.all() if spec.quirks.get("needs_key")]
    assert {spec.name for spec in hosted} == {"zai", "bigmodel", "openrouter"}
    for spec in hosted:
        assert spec.key_url.startswith("https://")
        assert spec.key_env
        assert all(model.context_tokens and model.boxes and model.tools for model in spec.models)


def test_the_default_settings_resolve_to_a_free_model(providers: Providers) -> None:
    profile = resolve("zai", Settings().profiles[FIRST_PROFILE], providers)
    assert (profile.model, profile.host, profile.backend) == ("glm-4.6v-flash", "api.z.ai", "openai_compatible")
    assert profile.context_tokens == 131072
    assert not profile.is_local


def test_a_model_that_takes_no_tools_is_offered_none(tmp_path: Path) -> None:
    (tmp_path / "here.toml").write_text('base_url = "http://127.0.0.1:1/v1"\n[[models]]\nid = "m"\ntools = false\n')
    profile = resolve("p", ProfileSettings("here"), Providers(tmp_path, tmp_path))
    assert profile.quirks["tools"] is False  # what `services.documents.offering` heeds
    assert resolve("p", ProfileSettings("here", "other"), Providers(tmp_path, tmp_path)).quirks["tools"] is None


def test_how_many_pictures_and_videos_a_model_takes(providers: Providers, tmp_path: Path) -> None:
    quirks = resolve("p", ProfileSettings("zai", "glm-4.6v"), providers).quirks
    assert (quirks["max_images"], quirks["max_videos"]) == (150, 2)
    assert resolve("p", ProfileSettings("zai", "glm-5.3-flash"), providers).quirks["max_images"] is None
    (tmp_path / "here.toml").write_text('base_url = "http://127.0.0.1:1/v1"\n[[models]]\nid = "m"\nmax_images = -1\n')
    with pytest.raises(HelperError, match="max_images"):
        Providers(tmp_path, tmp_path).get("here")


def test_quirks_of_the_model_win(providers: Providers) -> None:
    profile = resolve("p", ProfileSettings("zai", "glm-5.3-flash"), providers)
    assert profile.quirks["thinking_style"] == "effort"
    assert profile.quirks["needs_key"] is True


def test_prices_are_those_of_the_providers_own_address(providers: Providers) -> None:
    assert resolve("p", ProfileSettings("zai", "glm-4.6v"), providers).price == Price(0.3, 0.9, 0.05, "USD")
    assert resolve("p", ProfileSettings("zai", "glm-4.6v", "http://gpu.lan/v1"), providers).price is None
    assert resolve("p", ProfileSettings("zai", "of-tomorrow"), providers).price is None
    assert resolve("p", ProfileSettings("vllm", "any"), providers).price is None


@pytest.mark.parametrize("end", ["", "/", "/v1/", "/v1/chat/completions"])
def test_the_own_address_may_be_spelt_in_several_ways(providers: Providers, tmp_path: Path, end: str) -> None:
    model = "[[models]]\nid = 'm'\nprice = { input = 1, output = 2 }\n"
    (tmp_path / "mine.toml").write_text(f"base_url = 'https://gpu.lan{end}'\nkey_env = 'MINE'\n{model}")
    profile = resolve("p", ProfileSettings("mine"), providers)
    assert (profile.base_url, profile.api_key_env) == ("https://gpu.lan/v1", "MINE")
    assert profile.price == Price(1, 2)


def test_what_is_missing_in_a_price_is_named(providers: Providers, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[[models]]\nid = 'm'\nprice = { inputs = 1, output = 2 }\n")
    with pytest.raises(HelperError, match="“input” is missing in a price"):
        providers.get("mine")


@pytest.mark.parametrize("provider", ["zai", "bigmodel"])
def test_the_model_that_is_used_first_costs_nothing(providers: Providers, provider: str) -> None:
    first = resolve("p", ProfileSettings(provider), providers)
    assert first.price is not None
    assert first.price.is_free
    assert first.model == first.quirks["free_model"]


def test_titles_follow_the_language(providers: Providers) -> None:
    i18n.set_language("zh_CN")
    assert providers.get("bigmodel").title == "智谱 BigModel"


def test_a_users_file_replaces_ours(providers: Providers, tmp_path: Path) -> None:
    (tmp_path / "zai.toml").write_text('title = "Mine"\nbase_url = "http://127.0.0.1:9/v1"\n')
    assert providers.get("zai").title == "Mine"
    assert resolve("p", ProfileSettings("zai"), providers).is_local


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", ", line 1: it is not valid TOML"),
        ("\n\nbase_url http://a\n", ", line 3: it is not valid TOML"),
        ("models = [\n", ", line 1: it is not valid TOML"),
        ("a = " + "[" * 3000, ": it is not valid TOML"),
        ("a = " + "1" * 5000, ": it is not valid TOML"),
        ("title = 5", ", line 1: “title” must be a text"),
        ('models = "x"', ", line 1: “models” must be a list"),
        ("\nmodels = [5]", ", line 2: “models” must be a table"),
        ("[[models]]\nid = 'y'\n[[models]]\ntitle = 'x'", ", line 3: a model has no id"),
        ("[[models]]\nid = 'x'\ncontext_tokens = 'many'", ", line 3: “context_tokens” must be a whole number"),
        ("[[models]]\nid = 'x'\ntools = 1", ", line 3: “tools” must be true or false"),
        ("[[models]]\nid = 'x'\nmax_images = -1", ", line 3: “max_images” must not be negative"),
        ("[[models]]\nid = 'x'\nmax_image_tokens = 7", ", line 3: “max_image_tokens” must be at least 8"),
        ("[[models]]\nid = 'x'\nboxes = 'inches'", ", line 3: “boxes” must be one of thousandths"),
        ("[[models]]\nid = 'x'\nprice = 3", ", line 3: “price” must be a table"),
        ("[[models]]\nid = 'x'\nprice = { input = 1 }", ", line 3: “output” is missing"),
        ("[[models]]\nid = 'x'\nprice = { input = 1, output = -1 }", ", line 3: “output” is not a price"),
        ("[[models]]\nid = 'x'\nprice = { input = 1, output = inf }", ", line 3: “output” is not a price"),
        ("[[models]]\nid = 'x'\nprice = { input = true, output = 1 }", ", line 3: “input” is not a price"),
        (f"[[models]]\nid = 'x'\nprice = {{ input = 1{'0' * 400}, output = 1 }}", ", line 3: “input” is not a price"),
        ("[[models]]\nid = 'x'\n[models.price]\ninput = 1\noutput = 1\ncurrency = 'dollars'", ", line 6: a currency"),
        ("quirks = 3", ", line 1: “quirks” must be a table"),
        ("[recognise]\nowned_by = [1]", ", line 2: “owned_by” is not a list of texts"),
        ("base_url = 3", ", line 1: “base_url” must be a text"),
        ("base_url = 'http://['", ", line 1: “http://[” is not the address of a server"),
        ("\udc80", ": it is not UTF-8 text"),
    ],
)
def test_a_broken_file_is_told_and_hides_no_other(providers: Providers, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    error = error_of(lambda: providers.get("mine"))
    assert error.message.startswith(f"The provider file {tmp_path / 'mine.toml'} cannot be used{said}")
    assert error.fix == ("Correct that line, or delete the file." if "line" in said else "Correct it or delete it.")
    assert len(providers.problems()) == 1
    assert "zai" in {spec.name for spec in providers.all()}


def test_a_mark_that_editors_put_in_front_is_no_mistake(providers: Providers, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("title = 'Mine'", encoding="utf-8-sig")
    assert providers.get("mine").title == "Mine"


@pytest.mark.parametrize("name", ["nope", "", "../zai", "ZAI", "zai.toml/../zai"])
def test_an_unknown_provider_is_told(providers: Providers, name: str) -> None:
    assert "zai" in error_of(lambda: providers.get(name)).fix


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        (" https://x.example/api/v4/ ", "https://x.example/api/v4"),
        ("https://x.example/v1/chat/completions", "https://x.example/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_addresses_in_one_spelling(providers: Providers, given: str, url: str) -> None:
    assert resolve("p", ProfileSettings("custom", "m", base_url=given), providers).base_url == url


@pytest.mark.parametrize(
    "url", ["", "x.example/v1", "ftp://x/v1", "http://", "http://x:port/v1", "http://user:key@x/v1"]
)
def test_what_is_no_address_is_told(providers: Providers, url: str) -> None:
    error_of(lambda: resolve("p", ProfileSettings("custom", "m", base_url=url), providers))


@pytest.mark.parametrize("name", ["me:word", "me:pass/word", "me:12/word", "me:12/3word/"])
def test_an_address_with_a_password_shows_none_of_it(providers: Providers, name: str) -> None:
    settings = ProfileSettings("custom", base_url=f"https://{name}@gpu.lan/v1")
    error = error_of(lambda: resolve("p", settings, providers))
    assert "https://…@gpu.lan/v1" in error.message
    assert "word" not in error.message.replace("a password", "")
    assert "before the @" in error.fix


def test_a_path_may_have_what_stands_before_a_host_elsewhere(providers: Providers) -> None:
    settings = ProfileSettings("custom", "m", "https://gateway.example/@team/v1")
    assert resolve("p", settings, providers).base_url == "https://gateway.example/@team/v1"


def test_a_well_known_variable_belongs_to_the_providers_own_address(providers: Providers) -> None:
    own = ProfileSettings("zai")
    assert resolve("p", own, providers).api_key_env == "ZAI_API_KEY"
    assert resolve("p", replace(own, base_url="https://evil.example/v1"), providers).api_key_env == ""
    assert resolve("p", replace(own, api_key_env="MINE"), providers).api_key_env == "MINE"


def test_a_local_model(providers: Providers) -> None:
    profile = resolve("p", ProfileSettings("local", gguf="~/a b.gguf", mmproj="/m.gguf"), providers)
    assert profile.gguf == Path.home() / "a b.gguf"
    assert (profile.backend, profile.title, profile.mmproj) == ("local", "a b", Path("/m.gguf"))
    split = resolve("p", ProfileSettings("local", gguf="/big-00001-of-00002.gguf"), providers)
    assert split.title == "big"
    assert profile.is_local
    error_of(lambda: resolve("p", ProfileSettings("local"), providers))


def test_options_of_the_command_line(providers: Providers) -> None:
    saved = {"work": ProfileSettings("zai", "glm-4.6v"), "broken": ProfileSettings("nope")}

    def named(**options: Any) -> tuple[str, str]:
        profile = profile_from_options(providers, ProfileSettings(**{"provider": "", **options}), saved)
        return profile.name, profile.model

    # The saved key is found again only where the address is the same.
    assert named(provider="zai") == ("work", "glm-4.6v")
    assert named(provider="zai", model="glm-5v-turbo") == ("work", "glm-5v-turbo")
    assert named(provider="zai", base_url="https://evil.example/v1")[0] == "zai evil.example"
    assert named(base_url="http://127.0.0.1:8000/v1", model="m") == ("custom 127.0.0.1", "m")
    assert named(base_url="https://api.z.ai/api/paas/v4/", model="m") == ("work", "m")
    assert named(gguf="/m.gguf")[1] == "m"


@pytest.mark.parametrize(
    ("given", "saved", "whole"),
    [
        ("", "whole", True),
        ("", "auto", False),
        ("auto", "whole", False),
        ("whole", "frames", True),
        ("frames", "whole", False),
    ],
)
def test_the_way_of_videos_that_was_given_counts_more_than_the_saved_one(
    providers: Providers, given: str, saved: str, whole: bool
) -> None:
    options = ProfileSettings("zai", video=given)  # which takes videos whole only if it is asked to
    profile = profile_from_options(providers, options, {"work": ProfileSettings("zai", video=saved)})
    assert profile.name == "work"
    assert ("video" in profile.quirks) is whole


@pytest.mark.parametrize(
    ("url", "file", "unused"),
    [("http://gpu.lan/v1", "ca.pem", True), ("https://gpu.lan/v1", "ca.pem", False), ("http://gpu.lan/v1", "", False)],
)
def test_a_certificate_vouches_for_nobody_without_encryption(
    providers: Providers, url: str, file: str, unused: bool
) -> None:
    told = unused_certificate(resolve("p", ProfileSettings("custom", "m", url, ca_file=file), providers))
    assert (told is not None) is unused
    if told is not None:
        assert told.message == "The certificate has no effect: http://gpu.lan/v1 is not encrypted."


def test_what_a_local_profile_overrides(providers: Providers) -> None:
    plain = resolve("p", ProfileSettings("local", gguf="/a.gguf"), providers)
    assert plain.context_tokens is None
    assert plain.quirks == {"gpu_layers": -1, "vision_on_cpu": False, "keep_warm_s": 600, "save_states": False}
    settings = ProfileSettings(
        "local",
        gguf="/a.gguf",
        context=4096,
        gpu_layers=0,
        vision_on_cpu=True,
        keep_warm_minutes=0.5,
        save_states=True,
    )
    chosen = resolve("p", settings, providers)
    assert chosen.context_tokens == 4096
    assert chosen.quirks == {"gpu_layers": 0, "vision_on_cpu": True, "keep_warm_s": 30, "save_states": True}


def test_the_context_that_the_window_shows_is_the_one_that_the_engine_prefers():
    assert fit.PREFERRED_CONTEXT == LOCAL_CONTEXT


def test_a_local_model_reads_no_more_than_it_was_trained_for(tmp_path: Path, providers: Providers) -> None:
    file = tmp_path / "small.gguf"
    settings = ProfileSettings(provider="local", gguf=str(file))
    for trained, readable in ((1024, 1024), (131_072, LOCAL_CONTEXT), (0, LOCAL_CONTEXT)):
        writer = GGUFWriter(str(file), "glm4")
        if trained:
            writer.add_context_length(trained)
        writer.add_token_list(["word"] * (trained // 1024 + 1))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
        assert readable_tokens(resolve("p", settings, providers)) == readable
    file.unlink()
    assert readable_tokens(resolve("p", settings, providers)) == LOCAL_CONTEXT
    assert readable_tokens(resolve("p", replace(settings, context=2048), providers)) == 2048


def test_a_file_that_was_edited_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    providers = Providers(tmp_path / "none", tmp_path)
    for url in ("http://a:1/v1", "http://b:1/v1", "http://longer:1/v1"):
        before = file.stat().st_mtime_ns if file.exists() else 0
        file.write_text(f'base_url = "{url}"', encoding="utf-8")
        os.utime(file, ns=(before + 1, before + 1))  # however coarse this disk's clock is
        assert providers.get("mine").base_url == url
    file.write_text("base_url = 7", encoding="utf-8")
    for _ in range(2):
        assert "must be a text" in str(error_of(lambda: providers.get("mine")))
    file.unlink()
    assert "no provider called" in str(error_of(lambda: providers.get("mine")))
