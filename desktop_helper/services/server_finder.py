"""Finds model servers on this machine, when somebody asks for it: at the addresses that provider files name.

Each of them is asked for its list of models, all at once, over the egress door and nowhere but on loopback. Nothing is
sent but these questions, and no key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.server_sight import sight
from desktop_helper.services.settings import ProfileSettings, Settings

if TYPE_CHECKING:
    import httpx2

    from desktop_helper.services.provider_file import ProviderSpec

CONNECT_S = 0.5
SILENCE_S = 0.9  # so that whoever cancels waits less than a second
_LONGEST_S = 3.0  # of one answer
_LARGEST = 4 << 20  # bytes of one
_SPEAKS = "openai_compatible"  # the backend for the protocol that is asked for here
_ANY = "custom"  # the provider file for servers of which nothing is known
_WANTS_A_KEY = (401, 403)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """`sees`: None if the server does not tell, nor the name."""

    id: str
    sees: bool | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A model server that runs here.

    Args:
        provider: the provider file for servers of this kind.
        title: of that.
        base_url: where it listens.
        models: those that see first.
        needs_key: it tells nothing without one.
    """

    provider: str
    title: str
    base_url: str
    models: tuple[FoundModel, ...] = ()
    needs_key: bool = False

    @property
    def place(self) -> str:
        """Host and port."""
        return urlsplit(self.base_url).netloc


def find(
    specs: Sequence[ProviderSpec], client: Callable[[ModelProfile], httpx2.Client], cancel: CancelToken
) -> list[FoundServer]:
    """Look at every address on this machine that one of `specs` names. Raises `HelperError(CANCELLED)`.

    Args:
        specs: all provider files; the first one of an address is what is expected there.
        client: of the egress door, for one address.
        cancel: looked at between two questions, which take less than a second each.
    """
    expected: dict[str, ProviderSpec] = {}
    for spec in specs:
        speaks = spec.backend == _SPEAKS and spec.base_url.startswith("http://")
        if speaks and is_this_machine(urlsplit(spec.base_url).hostname or ""):
            expected.setdefault(spec.base_url, spec)
    if not expected:
        return []

    def look(spec: ProviderSpec) -> FoundServer | None:
        with _Place(spec.base_url, client, cancel) as place:
            return _look(place, spec, specs)

    with ThreadPoolExecutor(len(expected), "find-servers") as pool:
        found = list(pool.map(look, expected.values()))
    cancel.raise_if_cancelled()
    return [server for server in found if server is not None]


def proposed(settings: Settings, server: FoundServer, model: str, usual_address: str) -> tuple[str, ProfileSettings]:
    """The profile that would let `model` of `server` answer, and its name: the one for that server if there is one."""
    address = "" if server.base_url == usual_address else server.base_url
    for name, saved in settings.profiles.items():
        if saved.provider == server.provider and saved.base_url.rstrip("/") == address:
            return name, replace(saved, model=model)
    names = [server.provider, *(f"{server.provider}-{number}" for number in range(2, 100))]
    free = next(name for name in names if name not in settings.profiles)
    return free, ProfileSettings(server.provider, model, address)


def _look(place: _Place, expected: ProviderSpec, specs: Sequence[ProviderSpec]) -> FoundServer | None:
    status, listed = place.ask("GET", f"{place.base_path}/models")
    if status in _WANTS_A_KEY:
        return FoundServer(expected.name, expected.title, expected.base_url, needs_key=True)
    models = listed.get("data", "") if isinstance(listed, dict) else ""
    if status != 200 or not isinstance(models, list | None):
        return None  # something else listens there
    entries = [entry for entry in models or () if isinstance(entry, dict) and entry.get("id")]
    kind = _recognised(place, entries, expected, specs)
    names = tuple(str(entry["id"]) for entry in entries)
    sees = sight(kind.signs.sight, lambda method, path, body: place.ask(method, path, body)[1], names)
    found = [FoundModel(str(entry["id"]), sees[str(entry["id"])], _context(entry)) for entry in entries]
    found.sort(key=lambda model: ({True: 0, None: 1, False: 2}[model.sees], "glm" not in model.id.lower()))
    return FoundServer(kind.name, kind.title, expected.base_url, tuple(found))


def _recognised(
    place: _Place, entries: list[dict[str, Any]], expected: ProviderSpec, specs: Sequence[ProviderSpec]
) -> ProviderSpec:
    """What its own word in the list of models tells, or else what it answers to."""
    owners = {entry.get("owned_by") for entry in entries if isinstance(entry.get("owned_by"), str)}
    likely = [expected, *(spec for spec in specs if spec.name != expected.name)]
    for spec in likely:
        if owners & set(spec.signs.owned_by):
            return spec
    for spec in likely:
        if spec.signs.path:
            status, answer = place.ask("GET", spec.signs.path)
            if status == 200 and isinstance(answer, dict) and spec.signs.key in answer:
                return spec
    return next((spec for spec in specs if spec.name == _ANY), expected)


def _context(entry: dict[str, Any]) -> int | None:
    """In the list itself (vLLM, SGLang), or among what is known of the file (llama-server)."""
    meta = entry.get("meta")
    told = entry.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return told if type(told) is int and told > 0 else None


class _Place:
    """One address, for as long as it is looked at."""

    def __init__(self, base_url: str, client: Callable[[ModelProfile], httpx2.Client], cancel: CancelToken) -> None:
        parts = urlsplit(base_url)
        self._root, self.base_path = f"{parts.scheme}://{parts.netloc}", parts.path
        self._cancel = cancel
        self._client = client(ModelProfile("find", "find", "find", "", "", base_url=base_url))

    def __enter__(self) -> _Place:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON; 0 if nobody answers in time, None if it is no JSON."""
        import httpx2

        if self._cancel.cancelled:
            return 0, None
        limits = httpx2.Timeout(SILENCE_S, connect=CONNECT_S)
        headers = {"Accept-Encoding": "identity"}
        try:
            with self._client.stream(
                method, f"{self._root}{path}", json=body, timeout=limits, headers=headers
            ) as response:
                return response.status_code, self._json(response)
        except (httpx2.HTTPError, HelperError):
            return 0, None

    def _json(self, response: httpx2.Response) -> Any:
        until, data = time.monotonic() + _LONGEST_S, bytearray()
        for chunk in response.iter_raw():
            data += chunk
            if len(data) > _LARGEST or time.monotonic() > until or self._cancel.cancelled:
                return None
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None
