"""One model behind an OpenAI-compatible server."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from desktop_helper.backends.openai_compatible import _failures as failures
from desktop_helper.backends.openai_compatible._answer import AnswerReader, ServerSaidError
from desktop_helper.backends.openai_compatible._errors import failure_from, is_foreseen
from desktop_helper.backends.openai_compatible._failures import Failure
from desktop_helper.backends.openai_compatible._line import CallCancelledError, Silence
from desktop_helper.backends.openai_compatible._optional import OptionalFields
from desktop_helper.backends.openai_compatible._pool import Pool
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._request import Json, request_body
from desktop_helper.backends.openai_compatible._secret import Blot
from desktop_helper.backends.openai_compatible._shorter import shorter
from desktop_helper.backends.openai_compatible._site import Site
from desktop_helper.backends.openai_compatible._sse import DONE
from desktop_helper.backends.openai_compatible._thought import EnoughThoughtError, Thought, without_thinking
from desktop_helper.backends.openai_compatible._video import WholeVideos
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.known_servers import FOLDER, KnownServers, with_models
from desktop_helper.core.messages import ChatRequest, Message, Role, Sampling, TextPart
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import BackendTools, ModelProfile
from desktop_helper.core.question_limit import objection

if TYPE_CHECKING:
    from desktop_helper.backends.openai_compatible._server import Server
    from desktop_helper.backends.openai_compatible._upload import Sent

_log = logging.getLogger(__name__)

RETRY_DELAYS_S = (1.0, 2.0, 4.0)
PROBE_S = 15.0
_AFTER_FINISH_S = 5.0  # how long after the finish reason the usage may come
_AFTER_DONE_S = 0.2  # how long after `[DONE]` the body may end


class OpenAICompatible:
    """See `core.protocols.Backend`."""

    def __init__(self, profile: ModelProfile, tools: BackendTools) -> None:
        self._profile = profile
        self._tools = tools
        self._quirks = Quirks.of(profile.quirks)
        self._lock = threading.Lock()
        self._thinking: list[Thought] = []  # one for each answer that is being given
        self._pool = Pool(self._make_server)
        self._most_pictures: int | None = None  # that the server has said it takes at once
        self._videos = WholeVideos(self._quirks, profile.title)
        self._site = Site.of(profile, self._quirks, "")  # with the key, once that was read

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """Answer `request`. Sends it again after some failures, but never once anything was shown."""
        thought = Thought.of(request, self._quirks)
        with self._lock:
            self._thinking.append(thought)
        try:
            yield from self._videos.ask(request, lambda request: self._allowed(request, cancel, thought))
        finally:
            with self._lock:
                self._thinking.remove(thought)

    def _allowed(self, request: ChatRequest, cancel: CancelToken, thought: Thought) -> Iterator[StreamEvent]:
        """As much of it as the model takes."""
        if (refused := objection(self._profile, request)) is not None:
            yield Failed(refused)
            return
        request, told = PictureLimit.of(self._profile.title, self._profile.quirks).within(request)
        if self._most_pictures is not None and (fewer := self._with_fewer(request, self._most_pictures)) is not None:
            request, told = fewer[0], (*told, *fewer[1])
        yield from map(Notice, told)
        yield from self._tries(request, cancel, thought)

    def _less(
        self, request: ChatRequest, failure: Failure, *, whole: bool
    ) -> tuple[ChatRequest, tuple[str, ...]] | None:
        """As much as the server says that it takes, and what to say about it; None if that is not why it refuses.

        `whole`: no half of the conversation has been left out yet.
        """
        if failure.most_pictures is not None:
            self._most_pictures = failure.most_pictures
            return self._with_fewer(request, failure.most_pictures)
        if whole and failure.error.kind is ErrorKind.LENGTH and (less := shorter(request)):
            return less, (_left_out(self._profile.title),)
        return None

    def _with_fewer(self, request: ChatRequest, most: int) -> tuple[ChatRequest, tuple[str, ...]] | None:
        """The request with so many pictures at most and what to say about it; None if that changes or mends nothing."""
        limit = PictureLimit(self._profile.title, most, whole=self._quirks.video is not None)
        if limit.objection(request) is not None:
            return None
        fewer, told = limit.within(request)
        return (fewer, told) if told else None

    def _tries(self, request: ChatRequest, cancel: CancelToken, thought: Thought) -> Iterator[StreamEvent]:
        attempt, whole, optional = 0, True, self._optional()
        while True:
            begun, stopped = False, cancel.cancelled
            if stopped:
                yield Finished(FinishReason.CANCELLED)
                return
            try:
                with thought.stopping(cancel) as stop, closing(self._attempt(request, stop, optional)) as events:
                    for event in events:
                        thought.take(event)
                        if isinstance(event, ThinkingDelta | TextDelta):
                            begun = True
                        yield event
                return
            except (CallCancelledError, EnoughThoughtError):
                if cancel.cancelled or not thought.enough:
                    yield Finished(FinishReason.CANCELLED)
                    return
                thought.end()
                request = without_thinking(request)
                yield Progress(tr("Answering without more thinking…"), asked_again=True)
                continue
            except Exception as error:  # noqa: BLE001 - the edge where every foreign exception becomes ours
                failure = self._understand(error)
                with_less = None if begun else optional.next_try(error, failure)
            if with_less is not None:
                yield with_less
                continue
            if not begun and (less := self._less(request, failure, whole=whole)) is not None:
                request, told = less
                yield from map(Notice, told)
                whole = whole and failure.most_pictures is not None
                continue
            if begun or attempt >= failure.retries:
                yield Failed(_broken_off(failure.error) if begun else failure.error)
                return
            delay = _delay(failure, attempt)
            yield _waits(failure.error, delay)
            cancel.wait(delay)
            attempt += 1

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """Nothing: a server has its model loaded, and nothing is sent before the user sends it."""

    def answer_now(self) -> bool:
        """Ask again without thinking. Not while several answers are being given: nobody could say which is meant."""
        with self._lock:
            return len(self._thinking) == 1 and self._thinking[0].hurry()

    def probe(self, cancel: CancelToken) -> str:
        """Ask for the list of models, and for one token if that does not settle it."""
        started = time.monotonic()
        names: list[str] = []
        try:
            names = self._listed(cancel)
            if not names or self._profile.model not in (*names, ""):
                self._ask_one_token(cancel)
        except CallCancelledError:
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped.")) from None
        except Exception as error:  # noqa: BLE001 - as in `stream`
            raise with_models(self._understand(error).error, self._profile.model, names) from None
        took = round((time.monotonic() - started) * 1000)
        title = self._profile.title
        return tr("{model} at {host} can be reached ({ms} ms).", model=title, host=self._profile.host, ms=took)

    def models(self, cancel: CancelToken) -> tuple[str, ...]:
        """See `core.known_servers.ListsModels`."""
        try:
            return tuple(self._listed(cancel))
        except CallCancelledError:
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped.")) from None
        except Exception as error:  # noqa: BLE001 - as in `stream`
            raise self._understand(error).error from None

    def close(self) -> None:
        """Give up a running answer and free the connections."""
        self._pool.close()

    def _attempt(self, request: ChatRequest, cancel: CancelToken, optional: OptionalFields) -> Generator[StreamEvent]:
        """Send the request once. Raises whatever goes wrong; what was held back is yielded before."""
        body = optional.trimmed(request_body(request, self._profile.model, self._quirks))
        with self._reach() as server, closing(self._asked(server, body, request.timeout_s, cancel)) as events:
            for event in events:
                if not isinstance(event, Progress):
                    optional.accepted()
                yield event

    def _asked(
        self, server: Server, body: Json, timeout_s: float | None, cancel: CancelToken
    ) -> Generator[StreamEvent]:
        silence = Silence.of(timeout_s)
        reader, blot = AnswerReader(starts_thinking=self._quirks.starts_thinking), Blot(server.site.secret)
        from desktop_helper.backends.openai_compatible._upload import Sent  # loads httpx2, which is there by now

        try:
            with closing(server.chat(body, cancel, silence)) as chunks:
                for data in chunks:
                    if isinstance(data, Sent):
                        yield _on_its_way(data)
                        continue
                    yield from blot.each(reader.read(data))
                    if data == DONE or reader.finish:
                        server.allow_silence(_AFTER_DONE_S if data == DONE else _AFTER_FINISH_S)
                    elif reader.begun:
                        server.allow_silence(silence.idle)
        except CallCancelledError:
            raise
        except Exception as error:
            if not reader.finish:  # after that, nothing was lost
                yield from blot.each(reader.end())
                yield from blot.end()
                raise
            _log.debug("after the end of the answer: %s", type(error).__name__)
        if error_instead := _failure_in_finish(reader, server.site):
            yield from blot.end()
            raise error_instead
        yield from blot.each(reader.end())
        yield from blot.end()
        yield Finished(reader.reason or (FinishReason.STOP if reader.finish else FinishReason.INTERRUPTED))

    def _listed(self, cancel: CancelToken) -> list[str]:
        """The models that the server lists; none if it has no such list."""
        try:
            with self._reach() as server:
                return server.models(cancel, Silence.of(PROBE_S))
        except CallCancelledError:
            raise
        except Exception as error:
            if self._understand(error).error.kind not in (ErrorKind.MODEL, ErrorKind.SERVER):
                raise
            return []

    def _ask_one_token(self, cancel: CancelToken) -> None:
        question = Message(Role.USER, (TextPart("Hi"),))
        request = ChatRequest((question,), Sampling(max_tokens=1), timeout_s=PROBE_S)
        for _ in self._attempt(request, cancel, self._optional()):
            pass

    @contextmanager
    def _reach(self) -> Iterator[Server]:
        """A line to the server, with the key as it is now. Raises `HelperError(AUTH)`, or as `Pool.lease` does."""
        with self._pool.lease() as server:
            try:
                server.read_key()
            finally:
                self._site = server.site
            yield server

    def _optional(self) -> OptionalFields:
        """What this server is known to refuse, and room for more."""
        return OptionalFields(KnownServers(self._tools.cache_dir / FOLDER), self._profile, self._site.name)

    def _make_server(self) -> Server:
        from desktop_helper.backends.openai_compatible._server import Server

        return Server(self._profile, self._tools, self._quirks)

    def _understand(self, error: Exception) -> Failure:
        """Our error for a foreign one. The log gets no words of the server: it may quote the question, or the key."""
        failure = failure_from(error, self._site)
        if is_foreseen(error):
            _log.info("%s: %s", type(error).__name__, failure.error.kind)
        else:
            _log.error("%s", stack(error))
        return failure


def _left_out(model: str) -> str:
    return tr("This conversation is longer than {model} can read, so its older half was left out.", model=model)


def _waits(error: HelperError, delay: float) -> Progress:
    seconds = max(1, round(delay))
    return Progress(tr("{why} Trying again in {seconds} s.", why=error.message, seconds=seconds), notable=True)


def _on_its_way(sent: Sent) -> Progress:
    if sent.done == sent.total:
        return Progress(tr("Waiting for the model…"))
    done, total = (f"{size / 1_000_000:.1f}" for size in (sent.done, sent.total))
    return Progress(tr("Sending {done} of {total} MB", done=done, total=total), sent.done / sent.total)


def _failure_in_finish(reader: AnswerReader, site: Site) -> Exception | None:
    """Some servers tell failures through the finish reason alone."""
    if reader.finish in ("network_error", "error"):
        return ServerSaidError({"code": "500"})
    if reader.finish == "abort":
        return ServerSaidError({"code": "503"})
    if reader.finish == "model_context_window_exceeded":
        return (failures.full if reader.begun else failures.too_long)(site, "", None).error
    if reader.begun:
        return None
    if reader.reason == FinishReason.FILTERED:
        return failures.filtered(site, "", None).error
    return None


def _broken_off(error: HelperError) -> HelperError:
    """For an answer of which a part was shown already."""
    if error.kind in (ErrorKind.FILTERED, ErrorKind.LENGTH):
        return error
    message = tr("The answer broke off. {why}", why=error.message)
    fix = tr("What came so far is kept; ask the model to go on, or ask again.")
    go_on = tr("On the command line, --continue with “Go on.” does the first.")
    return HelperError(ErrorKind.INTERRUPTED, message, fix, command_fix=go_on, retry=True)


def _delay(failure: Failure, attempt: int) -> float:
    if failure.error.retry_after is not None:
        return failure.error.retry_after
    return RETRY_DELAYS_S[attempt] * random.uniform(0.75, 1.25)
