"""What is in a repository of ModelScope, which has an API of its own (it is no mirror of Hugging Face)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from desktop_helper.services.model_store.answers import refusal, unreachable
from desktop_helper.services.model_store.hub import RemoteFile, is_sha256, not_a_hub

if TYPE_CHECKING:
    from desktop_helper.services.egress_hub import HubConnection

_MAIN = "master"


class ModelScopeHub:
    """ModelScope, asked directly: three fields of one answer are not worth its package."""

    def __init__(self, endpoint: str, connection: HubConnection) -> None:
        self._endpoint, self._connection = endpoint, connection

    def files(self, repo: str, revision: str = "") -> dict[str, RemoteFile]:
        """All files of a repository whose size and checksum it knows, by name. Raises `HelperError`."""
        import httpx2

        host = urlsplit(self._endpoint).hostname or ""
        branch = revision or _MAIN
        try:
            status, answer = self._connection.ask(
                f"{self._endpoint}/api/v1/models/{repo}/repo/files", {"Revision": branch, "Recursive": "true"}
            )
        except (httpx2.TransportError, OSError) as error:
            raise unreachable(host) from error
        if status != 200:
            raise refusal(host, status)
        try:
            listed = json.loads(answer)["Data"]["Files"]
            return {
                file["Path"]: RemoteFile(file["Path"], self._url(repo, branch, file["Path"]), file["Size"], sha256)
                for file in listed
                if isinstance(file["Path"], str)
                and isinstance(file.get("Size"), int)
                and file["Size"] > 0
                and is_sha256(sha256 := str(file.get("Sha256") or "").lower())
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_a_hub(host) from error

    def file(self, repo: str, name: str, revision: str = "") -> RemoteFile | None:
        """Nothing is known of a file that is not listed."""
        return None

    def _url(self, repo: str, branch: str, name: str) -> str:
        return f"{self._endpoint}/models/{repo}/resolve/{quote(branch, safe='')}/{quote(name)}"
