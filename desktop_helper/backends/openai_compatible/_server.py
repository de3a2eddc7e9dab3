"""Requests to one server, over the `openai` package and the client that egress made."""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from desktop_helper import __version__
from desktop_helper.backends.openai_compatible._failures import key_refused, key_unusable
from desktop_helper.backends.openai_compatible._line import IDLE_S, Line, Silence
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._site import Site
from desktop_helper.backends.openai_compatible._sse import DONE, GarbledError, WebPageError, events
from desktop_helper.core.api_key import can_be_sent
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.i18n import language
from desktop_helper.core.protocols import BackendTools, ModelProfile

if TYPE_CHECKING:
    import httpx2
    import openai

_RAW_RESPONSE = "x-stainless-raw-response"  # by which the package knows, when the answer comes, what was asked for
# All else that the openai package would send stays here: facts about this machine, headers from OPENAI_* variables.
_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", _RAW_RESPONSE)


class Server:
    """One server and its connections. Used by one call at a time; `close` may come from any thread."""

    def __init__(self, profile: ModelProfile, tools: BackendTools, quirks: Quirks) -> None:
        self._profile = profile
        self._tools = tools
        self._quirks = quirks
        self._http: httpx2.Client = tools.http_client(profile)
        self._line = Line(self._http, self._prepare)
        self._client: openai.OpenAI | None = None
        self._model = profile.model
        self.site = Site.of(profile, quirks, "")

    def read_key(self) -> None:
        """Ask for the key anew. Raises `HelperError(AUTH)` if there is none and one is needed, or it cannot be sent."""
        key = self._tools.api_key(self._profile).strip()
        self.site = Site.of(self._profile, self._quirks, key)
        if not key and self._quirks.needs_key and not self.site.is_here:
            raise key_refused(self.site, "", None).error
        if not can_be_sent(key):
            raise key_unusable(self.site).error

    def chat(self, body: dict[str, Any], cancel: CancelToken, silence: Silence) -> Generator[object]:
        """The chunks of one streamed answer, decoded; `DONE` where the server says so, None for a sign of life.

        Before, if the question is large: `Sent`.
        """
        return self._line.call(lambda: self._chunks(body, silence), cancel, silence.first)

    def models(self, cancel: CancelToken, silence: Silence) -> list[str]:
        """The ids of the models that the server lists."""
        return next(self._line.call(lambda: iter([self._models(silence)]), cancel, silence.first))

    def allow_silence(self, seconds: float) -> None:
        """From now on, the running call may be silent for so long."""
        self._line.limit(seconds)

    def close(self) -> None:
        """Give up a running call and free the connections."""
        self._line.close()

    def _chunks(self, body: dict[str, Any], silence: Silence) -> Iterator[object]:
        if not body["model"]:
            self._model = self._model or next(iter(self._models(silence)), "")
        more = {name: value for name, value in body.items() if name not in ("model", "messages", "stream")}
        with self._openai().chat.completions.with_streaming_response.create(
            model=body["model"] or self._model,
            messages=body["messages"],
            stream=True,
            extra_body=more,
            timeout=_timeout(silence),
        ) as response:
            kind = response.headers.get("content-type", "").lower()
            if "html" in kind:
                raise WebPageError
            if "json" in kind:  # a server that does not stream
                yield _decoded(b"".join(response.iter_bytes()).decode("utf-8", "replace"))
            else:
                yield from _decoded_events(response.iter_bytes())

    def _models(self, silence: Silence) -> list[str]:
        listed = self._openai().get("/models", cast_to=object, options={"timeout": _timeout(silence)})
        models = listed.get("data") if isinstance(listed, dict) else None
        if not isinstance(models, list):
            raise GarbledError
        return [str(model["id"]) for model in models if isinstance(model, dict) and model.get("id")]

    def _openai(self) -> openai.OpenAI:
        if self._client is None:
            import openai

            # At DEBUG it logs whole requests. Ours says what needs to be said.
            for name in ("openai", "httpx2", "httpcore2"):
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client = openai.OpenAI(
                api_key="set by _prepare", base_url=self._profile.base_url, http_client=self._http, max_retries=0
            )
        return self._client

    def _prepare(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        request.headers["Accept-Encoding"] = "identity"  # see `_limit`
        request.headers["User-Agent"] = f"DesktopHelper/{__version__} ({platform.system()})"
        if self._quirks.accept_language:
            request.headers["Accept-Language"] = "zh-CN,zh" if language().startswith("zh") else "en-US,en"
        if self.site.secret:
            request.headers["Authorization"] = f"Bearer {self.site.secret}"


def _timeout(silence: Silence) -> httpx2.Timeout:
    import httpx2

    # The waiting side measures the silence; this one only ends threads that nobody waits for.
    return httpx2.Timeout(connect=silence.connect, read=silence.first + IDLE_S, write=IDLE_S, pool=silence.connect)


def _decoded_events(chunks: Iterable[bytes]) -> Iterator[object]:
    done, understood, size = False, False, 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk

    for text in events(counted()):
        understood = True
        if text == DONE:
            done = True
            yield DONE
        elif not done:
            # The rest is read all the same: a body that was read to its end leaves a connection that can be used again.
            yield _decoded(text) if text else None
    if size and not understood:
        raise GarbledError


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GarbledError from error
