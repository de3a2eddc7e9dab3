"""What every registered backend does, even where it cannot reach its model: no set-up is needed for a new one.

The rest of the promises need backends in particular states: see `BackendContract`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import BACKENDS
from desktop_helper.core import registry
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, StreamEvent
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart
from desktop_helper.core.protocols import Backend, BackendPlug, BackendTools, ModelProfile
from desktop_helper.services.egress import Egress
from tests.contract.backend_contract import (
    ODD_TEXT,
    PNG,
    PROMPT_S,
    assert_is_told,
    at_most,
    deltas,
    is_terminal,
    question,
)

ALL: list[BackendPlug] = list(registry.discover(*BACKENDS))
SECRET = "sk-never-to-be-shown"


def check_ending(events: list[StreamEvent]) -> None:
    """Exactly one terminal event, the last one; a failure is one that a user can read."""
    assert [is_terminal(event) for event in events] == [False] * (len(events) - 1) + [True]
    if isinstance(events[-1], Failed):
        assert_is_told(events[-1].error)
    else:
        assert isinstance(events[-1], Finished)


@pytest.mark.parametrize("plug", ALL, ids=lambda plug: plug.name)
class TestRegisteredBackends:
    """Each with a model file that is missing and a server where nobody listens; one that needs neither may answer."""

    @pytest.fixture
    def backend(self, plug: BackendPlug, tmp_path: Path) -> Iterator[Backend]:
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind(("127.0.0.1", 0))
            base_url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
            profile = ModelProfile("test", "test", plug.name, "Test", "test", base_url, tmp_path / "gone.gguf")
            egress = Egress(tmp_path / "egress.jsonl", lambda: True)
            made = plug.create(profile, BackendTools(egress.http_client, lambda _: SECRET, tmp_path, tmp_path))
            yield made
            made.close()

    def test_says_whether_it_works_here(self, plug: BackendPlug) -> None:
        state = plug.availability()
        assert state.ok or (state.reason.endswith(".") and state.fix.endswith("."))

    def test_answers_or_tells_why_not(self, backend: Backend) -> None:
        for _ in range(2):
            check_ending(list(backend.stream(question("Hello?"), CancelToken())))

    def test_takes_odd_text_pictures_and_files(self, backend: Backend) -> None:
        picture = ImagePart(PNG, "image/png", 28, 28, "Region", 8)
        file = FilePart(ODD_TEXT.encode(), "text/plain", 'a "b"\n.txt', ODD_TEXT)
        requests: tuple[ChatRequest, ...] = (question(picture, file, ODD_TEXT), question(picture), question(""))
        for request in requests:
            check_ending(list(backend.stream(request, CancelToken())))

    @pytest.mark.timed
    def test_a_request_cancelled_before_it_began(self, backend: Backend) -> None:
        cancel = CancelToken()
        cancel.cancel()
        with at_most(PROMPT_S):
            events = list(backend.stream(question("Hello?"), cancel))
        assert not deltas(events)
        assert events[-1] == Finished(FinishReason.CANCELLED)

    @pytest.mark.timed
    def test_a_caller_that_goes_away(self, backend):
        stream = backend.stream(question("Hello?"), CancelToken())
        next(stream)
        with at_most(PROMPT_S):
            stream.close()

    def test_probe_says_one_sentence_or_why_not(self, backend: Backend) -> None:
        try:
            said = backend.probe(CancelToken())
        except HelperError as error:
            assert_is_told(error)
        else:
            assert said.strip()
            assert "\n" not in said

    def test_closes_twice_and_unused(self, backend: Backend) -> None:
        backend.close()
        backend.close()

    def test_repr_tells_no_secret(self, backend: Backend) -> None:
        assert SECRET not in repr(backend)
        assert len(repr(backend)) < 300
