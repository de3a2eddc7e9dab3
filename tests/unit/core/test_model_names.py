"""Models are called by what people know them by; servers are asked by what they know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.model_names import short_name, short_names


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        ("/models/GLM-4.6V-Flash-Q4_K_M.gguf", "GLM-4.6V-Flash-Q4_K_M"),
        ("GLM-4.6V-Flash-Q4_K_M.gguf", "GLM-4.6V-Flash-Q4_K_M"),
        ("C:\\models\\GLM 4.6V.GGUF", "GLM 4.6V"),
        ("./models/GLM-4.6V-Q8_0-00001-of-00003.gguf", "GLM-4.6V-Q8_0"),
        ("lmstudio-community/GLM-4.6V-Flash-GGUF/GLM-4.6V-Flash-Q4_K_M.gguf", "GLM-4.6V-Flash-Q4_K_M"),
        ("/data/模型/GLM-4.6V/", "GLM-4.6V"),
        ("~/GLM-4.1V-9B-Thinking", "GLM-4.1V-9B-Thinking"),
        ("zai-org/GLM-4.6V", "zai-org/GLM-4.6V"),
        ("hf.co/ggml-org/GLM-4.6V-Flash-GGUF:Q4_K_M", "hf.co/ggml-org/GLM-4.6V-Flash-GGUF:Q4_K_M"),
        ("glm-4.6v-flash", "glm-4.6v-flash"),
        (".gguf", ".gguf"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_path_is_called_by_its_file(model: str, shown: str) -> None:
    assert short_name(model) == shown


@given(st.lists(st.text(alphabet="a/\\~.:gufGLM-1", max_size=12), unique=True))
def test_no_two_models_of_a_server_are_called_alike(models: list[str]) -> None:
    shown = short_names(models)
    assert list(shown) == models
    assert len(set(shown.values())) == len(models)


def test_two_files_of_a_name_keep_their_paths() -> None:
    models = ["/a/GLM.gguf", "/b/GLM.gguf", "/b/other.gguf"]
    assert list(short_names(models).values()) == ["/a/GLM.gguf", "/b/GLM.gguf", "other"]
