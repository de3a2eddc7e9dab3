"""The local backend with a real model: it counts, keeps secrets, and outlives its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import psutil
import pytest

from desktop_helper.backends.local import warm_worker
from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, Thinking
from tests.support.local_models import local_backend, local_profile, noise, worker_process
from tests.support.tiny_gguf import GgufPair, TinyModel, tiny_pair

GREEDY = {"temperature": 0.0, "seed": 1}
HEAVY = TinyModel(vision_blocks=24)  # takes seconds for a large picture


def ask(backend, *parts, cancel=None, **sampling):
    made = tuple(TextPart(part) if isinstance(part, str) else part for part in parts)
    request = ChatRequest((Message(Role.USER, made),), Sampling(**sampling))
    return list(backend.stream(request, cancel or CancelToken()))


def joined(events, kind):
    return "".join(event.text for event in events if isinstance(event, kind))


def only(events, kind):
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def failure(events):
    assert isinstance(events[-1], Failed), events[-1]
    return events[-1].error


@pytest.fixture
def backend(tmp_path):
    with local_backend(tiny_pair(), tmp_path) as backend:
        yield backend


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A backend for tests that do not harm it: starting one takes most of a test's time."""
    with local_backend(tiny_pair(), tmp_path_factory.mktemp("warm")) as backend:
        backend.probe(CancelToken())  # the worker starts here, where it counts as no test's leak
        yield backend


@pytest.fixture
def endless(tmp_path):
    with local_backend(tiny_pair(TinyModel(endless=True)), tmp_path, context=32768) as backend:
        yield backend


class TestAnswers:
    def test_thinking_and_answer_are_apart_and_can_be_switched(self, warm):
        events = ask(warm, "What?", seed=3)
        assert joined(events, ThinkingDelta)
        assert joined(events, TextDelta)
        assert "think>" not in joined(events, ThinkingDelta) + joined(events, TextDelta)
        assert not joined(ask(warm, "What?", thinking=Thinking.OFF), ThinkingDelta)
        assert joined(ask(warm, "What?", thinking=Thinking.ON), ThinkingDelta)

    def test_a_budget_ends_the_thinking_and_the_answer_follows(self, tmp_path):
        with local_backend(tiny_pair(TinyModel(thinks_for_ever=True)), tmp_path) as backend:
            events = ask(backend, "What?", thinking_budget=20, max_tokens=200)
        words = len(joined(events, ThinkingDelta).split())
        assert 5 <= words <= 25
        assert joined(events, TextDelta)

    def test_the_same_seed_gives_the_same_answer_and_none_another(self, warm):
        answers = [joined(ask(warm, "What?", seed=seed), ThinkingDelta) for seed in (5, 5, 6)]
        assert answers[0] == answers[1] != answers[2]

    def test_what_a_picture_shows_matters_and_so_does_the_order(self, warm):
        one, other = noise(280, 140), noise(308, 140)
        answers = {
            joined(ask(warm, *parts, "What?", max_tokens=30, **GREEDY), ThinkingDelta)
            for parts in ((one,), (other,), (one, other), (other, one), ())
        }
        assert len(answers) == 5

    def test_a_second_turn_with_a_picture(self, warm):
        messages = (
            Message(Role.USER, (noise(280, 140), TextPart("What?"))),
            Message(Role.ASSISTANT, (TextPart("A window."),)),
            Message(Role.USER, (noise(308, 140), TextPart("And this?"))),
        )
        events = list(warm.stream(ChatRequest(messages, Sampling(max_tokens=5)), CancelToken()))
        assert events[-1] == Finished(FinishReason.LENGTH)
        reading = [event.message for event in events if isinstance(event, Progress)]
        assert "Reading picture 1 of 2" in reading
        assert "Reading picture 2 of 2" in reading

    def test_counts_are_true(self, endless):
        picture = noise(560, 280)
        bare = only(ask(endless, "What?", max_tokens=9), UsageReported)
        usage = only(ask(endless, picture, "What?", max_tokens=9), UsageReported)
        assert bare.completion_tokens == usage.completion_tokens == 9
        # A token for each 28 x 28 pixels, and the begin and the end of the picture.
        assert usage.prompt_tokens - bare.prompt_tokens == 20 * 10 + 2
        assert usage.ttft_s > 0
        assert usage.tokens_per_s > 0

    def test_an_answer_ends_where_the_memory_does(self, tmp_path):
        with local_backend(tiny_pair(TinyModel(endless=True)), tmp_path, context=512) as backend:
            events = ask(backend, noise(280, 280), "What?")
        assert events[-1] == Finished(FinishReason.LENGTH, full=True)
        usage = only(events, UsageReported)
        assert 500 <= usage.prompt_tokens + usage.completion_tokens <= 512

    def test_a_conversation_that_does_not_fit_is_refused_before_it_is_read(self, tmp_path):
        with local_backend(tiny_pair(), tmp_path, context=512) as backend:
            error = failure(ask(backend, noise(1280, 720), "What?"))
            assert "takes 12" in error.message
            assert "room for 383" in error.message, "a quarter of 512 is kept for the answer"
            assert isinstance(ask(backend, "What?")[-1], Finished)

    def test_the_model_stays_loaded_between_questions(self, backend):
        first, second = ask(backend, "What?"), ask(backend, "What?")
        assert Progress("Loading the model", 0.0) in first
        assert not [event for event in second if isinstance(event, Progress) and "Loading" in event.message]


class TestRefusals:
    def test_a_picture_that_is_none(self, warm):
        broken = ImagePart(b"\x89PNG\r\n\x1a\nnonsense", "image/png", 28, 28, "Region", 8)
        error = failure(ask(warm, noise(28, 28), broken, "What?"))
        assert (error.kind, error.message) == (ErrorKind.SOURCE, "Picture 2 cannot be read.")
        assert isinstance(ask(warm, "What?")[-1], Finished)

    def test_a_picture_for_a_model_without_projector(self, tmp_path):
        backend = LocalBackend(local_profile(tiny_pair().gguf, None), tmp_path, tmp_path)
        try:
            assert "without its mmproj" in failure(ask(backend, noise(28, 28), "What?")).message
            assert isinstance(ask(backend, "What?", max_tokens=4)[-1], Finished)
            assert "text only" in backend.probe(CancelToken())
        finally:
            backend.close()

    def test_the_projector_of_another_model(self, tmp_path):
        pair = GgufPair(tiny_pair().gguf, tiny_pair(TinyModel(embedding=192)).mmproj)
        with local_backend(pair, tmp_path) as backend:
            assert "another model" in failure(ask(backend, "What?")).message

    def test_a_model_that_llama_cpp_cannot_load(self, tmp_path):
        content = tiny_pair().gguf.read_bytes().replace(b"blk.1.ffn_down", b"blk.1.ffn_dowm")
        pair = GgufPair(tmp_path / "odd.gguf", tiny_pair().mmproj)
        pair.gguf.write_bytes(content)
        with local_backend(pair, tmp_path) as backend:
            error = failure(ask(backend, "What?"))
            assert error.kind is ErrorKind.MODEL
            assert "could not load odd.gguf" in error.message

    def test_no_model_chosen(self, tmp_path):
        backend = LocalBackend(local_profile(None, None), tmp_path, tmp_path)
        error = failure(ask(backend, "What?"))
        backend.close()
        assert error.message == "No model file is chosen."


class TestDeaths:
    def test_kill_in_mid_answer_keeps_what_was_shown_and_the_next_question_works(self, endless):
        events = []
        request = ChatRequest((Message(Role.USER, (TextPart("Go"),)),))
        for event in endless.stream(request, CancelToken()):
            events.append(event)
            if isinstance(event, TextDelta) and sum(isinstance(seen, TextDelta) for seen in events) == 30:
                worker_process().kill()
        assert len(joined(events, TextDelta)) > 20
        error = failure(events)
        assert error.kind is ErrorKind.WORKER
        assert error.message == "The local model stopped: it was ended by signal 9 (kill)."
        assert ask(endless, "Again", max_tokens=3)[-1] == Finished(FinishReason.LENGTH)

    def test_an_abort_of_ggml_is_told(self, tmp_path, monkeypatch):
        """A model without M-RoPE aborts on its first picture; a worker without our guard shows what then happens."""
        monkeypatch.setattr(warm_worker, "WORKER", "tests.support.unguarded_worker")
        with local_backend(tiny_pair(TinyModel(mrope=False)), tmp_path) as backend:
            error = failure(ask(backend, noise(280, 140), "What?"))
            assert error.message == "The local model stopped: it was ended by signal 6 (abort)."
            assert isinstance(ask(backend, "Just text", max_tokens=3)[-1], Finished)

    def test_a_worker_that_was_killed_between_questions_is_replaced(self, backend):
        ask(backend, "What?")
        worker_process().kill()
        assert isinstance(ask(backend, "What?")[-1], Finished)

    def test_a_killed_app_leaves_no_worker(self, tmp_path):
        pair = tiny_pair(TinyModel(endless=True))
        script = (
            "import sys\n"
            "from pathlib import Path\n"
            "from desktop_helper.core.cancel import CancelToken\n"
            "from desktop_helper.core.messages import *\n"
            "from desktop_helper.core.events import TextDelta\n"
            "from tests.support.local_models import *\n"
            "gguf, mmproj, logs = map(Path, sys.argv[1:])\n"
            "with local_backend(GgufPair(gguf, mmproj), logs, context=32768) as backend:\n"
            "    for event in backend.stream(ChatRequest((Message(Role.USER, (TextPart('Go'),)),)), CancelToken()):\n"
            "        if isinstance(event, TextDelta):\n"
            "            print(worker_process().pid, flush=True)\n"
        )
        argv = [sys.executable, "-c", script, str(pair.gguf), str(pair.mmproj), str(tmp_path)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as app:
            assert app.stdout is not None
            worker = psutil.Process(int(app.stdout.readline()))
            app.kill()
        try:
            worker.wait(10)
        except psutil.TimeoutExpired:
            os.kill(worker.pid, signal.SIGKILL)
            raise


class TestWarmth:
    def test_an_idle_model_gives_its_memory_back(self, tmp_path):
        with local_backend(tiny_pair(), tmp_path, keep_warm_s=0.3) as backend:
            ask(backend, "What?", max_tokens=3)
            worker_process().wait(10)
            assert isinstance(ask(backend, "Again", max_tokens=3)[-1], Finished)

    def test_a_model_in_use_stays(self, tmp_path):
        with local_backend(tiny_pair(TinyModel(endless=True)), tmp_path, keep_warm_s=0.05) as backend:
            request = ChatRequest((Message(Role.USER, (TextPart("Go"),)),))
            with closing(backend.stream(request, CancelToken())) as events:
                worker = None
                for _ in range(50):
                    next(events)
                    worker = worker or worker_process()
                    time.sleep(0.005)
                assert worker.is_running()

    def test_a_conversation_survives_the_sleep(self, tmp_path):
        picture = noise(560, 420)
        with local_backend(tiny_pair(), tmp_path, keep_warm_s=0.3, save_states=True) as backend:
            ask(backend, picture, "What?", max_tokens=3)
            worker_process().wait(10)
            assert only(ask(backend, picture, "What?", max_tokens=3), UsageReported).cached_tokens > 300

    def test_a_question_waits_for_the_preparation_and_tells_its_progress(self, tmp_path):
        picture = noise(1288, 728)
        with local_backend(tiny_pair(HEAVY), tmp_path) as backend:
            backend.probe(CancelToken())
            request = ChatRequest((Message(Role.USER, (picture,)),))
            preparing = threading.Thread(target=backend.prepare, args=(request, CancelToken()))
            preparing.start()
            while not (backend._progress and "picture" in backend._progress.message):
                time.sleep(0.01)
            events = ask(backend, picture, "What?", max_tokens=3)
            preparing.join()
        assert events[0].message == "Reading picture 1 of 1"
        assert only(events, UsageReported).cached_tokens > 1000

    def test_a_broken_model_is_told_only_when_it_is_asked(self, tmp_path):
        backend = LocalBackend(local_profile(None, None), tmp_path, tmp_path)
        backend.prepare(None, CancelToken())
        assert "No model file" in failure(ask(backend, "What?")).message
        backend.close()


class TestAnswerNow:
    def test_the_thinking_ends_within_five_tokens(self, tmp_path):
        with local_backend(tiny_pair(TinyModel(thinks_for_ever=True)), tmp_path) as backend:
            assert not backend.answer_now(), "there is no answer yet"
            request = ChatRequest((Message(Role.USER, (TextPart("Go"),)),), Sampling(max_tokens=7000))
            late = before = 0
            for event in backend.stream(request, CancelToken()):
                if isinstance(event, ThinkingDelta):
                    before += 1
                    late += before > 5
                    if before == 5:
                        assert backend.answer_now()
                if isinstance(event, TextDelta):
                    break
            assert isinstance(event, TextDelta)
        assert late < 100, "what was already on its way may still come"


class TestStopping:
    def cancelled_after(self, backend, seconds, *parts):
        cancel = CancelToken()
        stamps = {}

        def stop():
            stamps["stop"] = time.monotonic()
            cancel.cancel()

        timer = threading.Timer(seconds, stop)
        timer.start()
        events = ask(backend, *parts, cancel=cancel)
        stamps["end"] = time.monotonic()
        timer.join()
        assert events[-1] == Finished(FinishReason.CANCELLED)
        return stamps["end"] - stamps["stop"]

    @pytest.mark.timed
    def test_while_it_encodes_a_picture(self, tmp_path):
        with local_backend(tiny_pair(HEAVY), tmp_path) as backend:
            backend.probe(CancelToken())
            assert self.cancelled_after(backend, 0.3, noise(1920, 1080), "What?") < 1.5
            assert isinstance(ask(backend, "What?", max_tokens=3)[-1], Finished), "the next question works"

    @pytest.mark.timed
    def test_a_caller_that_leaves_while_a_picture_is_encoded_makes_nobody_wait(self, tmp_path):
        with local_backend(tiny_pair(HEAVY), tmp_path) as backend:
            backend.probe(CancelToken())
            request = ChatRequest((Message(Role.USER, (noise(1920, 1080), TextPart("What?"))),))
            events = backend.stream(request, CancelToken())
            while "picture" not in getattr(next(events), "message", ""):
                pass
            began = time.monotonic()
            events.close()
            assert time.monotonic() - began < 1.5
            assert isinstance(ask(backend, "What?", max_tokens=3)[-1], Finished)

    @pytest.mark.timed
    def test_while_it_writes_the_worker_survives(self, endless):
        endless.probe(CancelToken())
        worker = worker_process().pid
        # The best of three: other programs may hold this one up for longer than that.
        assert min(self.cancelled_after(endless, 0.3, "Go") for _ in range(3)) < 0.5
        assert worker_process().pid == worker

    def test_a_silent_worker_is_given_up(self, backend):
        backend.probe(CancelToken())
        worker_process().suspend()
        request = ChatRequest((Message(Role.USER, (TextPart("Go"),)),), timeout_s=0.3)
        error = failure(list(backend.stream(request, CancelToken())))
        assert error.kind is ErrorKind.TIMEOUT
        assert isinstance(ask(backend, "What?", max_tokens=3)[-1], Finished)

    def test_a_reader_that_takes_its_time_is_no_silence_of_the_worker(self, endless):
        endless.probe(CancelToken())
        request = ChatRequest((Message(Role.USER, (TextPart("Go"),)),), Sampling(max_tokens=200), timeout_s=1.0)
        paused = False
        for event in endless.stream(request, CancelToken()):
            if isinstance(event, ThinkingDelta) and not paused:
                paused = True
                time.sleep(1.5)
        assert paused
        assert event == Finished(FinishReason.LENGTH)

    @pytest.mark.parametrize("seconds", [0, 0.2])
    def test_a_probe_can_be_stopped(self, backend, seconds):
        cancel = CancelToken()
        timer = threading.Timer(seconds, cancel.cancel)
        timer.start()
        timer.join(0.1)
        with pytest.raises(HelperError) as caught:
            backend.probe(cancel)
        timer.join()
        assert caught.value.kind is ErrorKind.CANCELLED


class TestSecrecy:
    def test_no_word_of_the_prompt_is_printed_or_logged(self, tmp_path, capfd):
        with local_backend(tiny_pair(), tmp_path) as backend:
            ask(backend, noise(280, 140), "xyzzy-secret <__media__> <|user|>", max_tokens=20)
            error = failure(ask(backend, ImagePart(b"xyzzy-secret", "image/png", 1, 1, "r", 8), "xyzzy-secret"))
            many = {"type": "array", "items": {"const": "xyzzy-secret"}, "maxItems": 1500}
            refused = failure(ask(backend, "What?", json_schema=many))
            assert refused.kind is ErrorKind.USAGE
            worker_process().send_signal(signal.SIGABRT)
        assert "xyzzy" not in str(error) + str(refused)
        logs = "".join(path.read_text(errors="replace") for path in tmp_path.iterdir())
        for said in ("llama_model_loader: ", "llama_context: ", "clip_model_loader: ", "warmup: "):
            assert said in logs, "the log has what each of the libraries says while it loads"
        assert "xyzzy" not in logs
        assert capfd.readouterr() == ("", "")
