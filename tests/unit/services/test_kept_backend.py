"""Another model is chosen while an answer runs, and the app quits meanwhile."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, TextDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.kept_backend import BackendKeeper, KeptBackend
from tests.support.scripted_backend import ScriptedBackend

REQUEST = ChatRequest((Message(Role.USER, (TextPart("question"),)),))
ANSWER = (TextDelta("one "), TextDelta("two"), Finished())


class Watched(ScriptedBackend):
    """Tells when it was closed, and whether something ran in it then."""

    def __init__(self) -> None:
        super().__init__(ANSWER, ANSWER)
        self.closed: list[int] = []
        self.during_prepare = lambda: None

    def prepare(self, request, cancel) -> None:
        self.during_prepare()

    def close(self) -> None:
        self.closed.append(self.open_streams)


class Opener:
    def __init__(self) -> None:
        self.opened: list[Watched] = []

    def __call__(self) -> Watched:
        self.opened.append(Watched())
        return self.opened[-1]


def model(name: str) -> ModelProfile:
    return ModelProfile(name, "provider", "backend", name, name)


def stream_of(backend):
    return backend.stream(REQUEST, CancelToken())


def test_the_same_model_gets_the_same_backend():
    keeper, opener = BackendKeeper(), Opener()
    assert keeper.get(model("a"), opener) is keeper.get(model("a"), opener)
    assert len(opener.opened) == 1
    keeper.close()
    assert opener.opened[0].closed == [0]


def test_another_model_in_mid_answer_does_not_end_the_answer():
    keeper, opener = BackendKeeper(), Opener()
    stream = stream_of(keeper.get(model("a"), opener))
    assert next(stream) == TextDelta("one ")
    other = keeper.get(model("b"), opener)
    first, second = opener.opened
    assert first.closed == []
    assert list(stream) == [TextDelta("two"), Finished()]
    assert first.closed == [0]
    assert list(stream_of(other)) == list(ANSWER)
    assert second.closed == []
    keeper.close()
    assert (first.closed, second.closed) == ([0], [0])


def test_another_model_between_two_answers_closes_the_old_one_before_the_new_one_opens():
    keeper, opener = BackendKeeper(), Opener()
    list(stream_of(keeper.get(model("a"), opener)))

    def open_after_the_first_was_closed():
        assert opener.opened[0].closed == [0]
        return opener()

    keeper.get(model("b"), open_after_the_first_was_closed)
    keeper.close()


def test_another_model_while_one_is_prepared():
    keeper, opener = BackendKeeper(), Opener()
    kept = keeper.get(model("a"), opener)
    (first,) = opener.opened
    seen = []

    def choose_another():
        keeper.get(model("b"), opener)
        seen.extend(first.closed)

    first.during_prepare = choose_another
    kept.prepare(None, CancelToken())
    assert seen == []
    assert first.closed == [0]
    keeper.close()


def test_an_answer_that_its_reader_leaves_counts_as_ended():
    keeper, opener = BackendKeeper(), Opener()
    stream = stream_of(keeper.get(model("a"), opener))
    next(stream)
    keeper.get(model("b"), opener)
    stream.close()
    assert opener.opened[0].closed == [0]
    keeper.close()


def test_the_backend_of_a_model_given_up_just_before_the_question_answers_all_the_same():
    keeper, opener = BackendKeeper(), Opener()
    kept = keeper.get(model("a"), opener)
    keeper.get(model("b"), opener)
    assert list(stream_of(kept)) == list(ANSWER)
    assert [backend.closed for backend in opener.opened] == [[0], [], [0]]
    keeper.close()


def test_closing_everything_reaches_answers_of_earlier_models_too():
    keeper, opener = BackendKeeper(), Opener()
    streams = []
    for name in ("a", "b"):
        streams.append(stream_of(keeper.get(model(name), opener)))
        next(streams[-1])
    keeper.close()
    assert [backend.closed for backend in opener.opened] == [[1], [1]]
    for stream in streams:
        stream.close()


def test_an_unused_backend_may_be_closed_and_opens_again():
    opener = Opener()
    kept = KeptBackend(opener)
    stream = stream_of(kept)
    next(stream)
    assert not kept.close_if_unused()
    list(stream)
    assert kept.close_if_unused()
    assert opener.opened[0].closed == [0]
    assert list(stream_of(kept)) == list(ANSWER)
    assert len(opener.opened) == 2
    kept.close()


def test_after_the_end_nothing_is_opened_again():
    opener = Opener()
    kept = KeptBackend(opener)
    kept.close_if_unused()
    kept.close()
    (failed,) = stream_of(kept)
    assert isinstance(failed, Failed)
    assert failed.error.kind is ErrorKind.INTERRUPTED
    kept.prepare(None, CancelToken())
    with pytest.raises(HelperError):
        kept.probe(CancelToken())
    assert len(opener.opened) == 1


def test_ending_the_old_one_does_not_hold_up_who_asks_for_the_new_one():
    keeper, opener = BackendKeeper(), Opener()
    kept = keeper.get(model("a"), opener)
    closing, may_close = threading.Event(), threading.Event()

    class Slow(Watched):
        def close(self) -> None:
            closing.set()
            assert may_close.wait(10)

    kept.close_if_unused()
    kept._open = Slow
    list(stream_of(kept))
    chooser = threading.Thread(target=keeper.get, args=(model("b"), opener))
    chooser.start()
    assert closing.wait(10)
    assert keeper.get(model("c"), opener) is not kept
    may_close.set()
    chooser.join(10)
    keeper.close()
