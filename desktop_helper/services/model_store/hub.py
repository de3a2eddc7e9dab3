"""What is in a repository: names, sizes and checksums, asked from the hub before anything is downloaded."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.answers import refusal, unreachable

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from desktop_helper.services.egress_hub import HubConnection

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIMEOUT_S = 30.0
_POLL_S = 0.2
# `huggingface_hub` keeps one client for the whole process: ours is in it only while we ask.
_asking = threading.Lock()


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub describes it.

    Args:
        name: in the repository; chosen by others, so nothing is written under it unchecked.
        url: where its bytes begin to come from.
        bytes, sha256: what must arrive.
    """

    name: str
    url: str
    bytes: int
    sha256: str


class HuggingFaceHub:
    """Hugging Face and its mirrors, through the `huggingface_hub` package."""

    def __init__(self, endpoint: str, connection: HubConnection) -> None:
        self._endpoint, self._connection = endpoint, connection

    def files(self, repo: str, revision: str = "") -> dict[str, RemoteFile]:
        """All files of a repository whose size and checksum the hub knows, by name. Raises `HelperError`."""
        with self._api() as api:
            from huggingface_hub import hf_hub_url

            info = api.model_info(repo, revision=revision or None, files_metadata=True, timeout=_TIMEOUT_S)
            commit = info.sha or revision or "main"
            found = {}
            for sibling in info.siblings or ():
                name, lfs = sibling.rfilename, sibling.lfs
                size, sha256 = (lfs.size, lfs.sha256) if lfs else (None, "")
                if size and size > 0 and is_sha256(sha256):
                    url = hf_hub_url(repo, name, revision=commit, endpoint=self._endpoint)
                    found[name] = RemoteFile(name, url, size, sha256)
            return found

    def file(self, repo: str, name: str, revision: str = "") -> RemoteFile | None:
        """One file by its own headers, for mirrors that list no checksums. None if it says none either."""
        with self._api():
            from huggingface_hub import get_hf_file_metadata, hf_hub_url

            url = hf_hub_url(repo, name, revision=revision or "main", endpoint=self._endpoint)
            said = get_hf_file_metadata(url, token=False, timeout=_TIMEOUT_S, endpoint=self._endpoint)
            if said.size and said.etag and is_sha256(said.etag):
                return RemoteFile(name, url, said.size, said.etag)
            return None

    @contextmanager
    def _api(self) -> Iterator[HfApi]:
        from huggingface_hub import HfApi, constants, set_client_factory
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

        from desktop_helper.services.egress_hub import LINE_ERRORS

        host = urlsplit(self._endpoint).hostname or ""
        with self._turn(host):
            # Else it asks huggingface.co, whatever our endpoint is, for a list of programs to look for on this machine.
            constants.HF_HUB_DISABLE_TELEMETRY = True
            set_client_factory(self._connection.api_client)
            try:
                yield HfApi(endpoint=self._endpoint, token=False)
            except HfHubHTTPError as error:
                raise refusal(host, error.response.status_code) from error
            except (*LINE_ERRORS, OSError, OfflineModeIsEnabled) as error:
                raise unreachable(host) from error
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise not_a_hub(host) from error
            finally:
                set_client_factory(_no_client)

    @contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        """Wait until nobody else asks; a hub that is silent must not keep others from being stopped."""
        while not _asking.acquire(timeout=_POLL_S):
            if self._connection.hung_up:
                raise unreachable(host)
        try:
            yield
        finally:
            _asking.release()


def is_sha256(text: object) -> bool:
    """Whether `text` is a SHA-256 as hubs write it."""
    return isinstance(text, str) and bool(_SHA256.fullmatch(text))


def not_a_hub(host: str) -> HelperError:
    """It answered, but not as a model hub does."""
    return HelperError(
        ErrorKind.SERVER,
        tr("{host} does not answer like a model server.", host=host),
        tr("Check the address, or choose another model server."),
    )


def _no_client() -> NoReturn:
    """Whatever else asks through `huggingface_hub` in this process would go past `services.egress`."""
    raise RuntimeError("only services.model_store asks the hub")
