"""A hub, a models folder, and a store that has no patience to lose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.services.egress import Egress
from desktop_helper.services.model_store.catalogue import Catalogue, CatalogueEntry, CatalogueFile
from desktop_helper.services.model_store.patience import Patience
from desktop_helper.services.model_store.progress import DownloadProgress
from desktop_helper.services.model_store.records import InstalledModel
from desktop_helper.services.model_store.store import ModelStore
from tests.support.hub_server import HubServer, gguf_bytes

REPO = "owner/tiny-GGUF"
MODEL, MMPROJ = "tiny-Q4_K_M.gguf", "mmproj-tiny-Q8_0.gguf"
MODEL_BYTES = gguf_bytes("glm4", 300_000)
MMPROJ_BYTES = gguf_bytes("clip", 40_000, seed=1)
ENTRY = CatalogueEntry("tiny", "Tiny", REPO, (CatalogueFile(MODEL),), CatalogueFile(MMPROJ))


@dataclass
class Desk:
    """What the tests do again and again."""

    hub: HubServer
    folder: Path
    ledger: Path
    local_only: bool = False
    seen: list[DownloadProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        egress = Egress(self.ledger, lambda: self.local_only)
        catalogue = Catalogue(self.folder.parent / "ours.toml", self.folder.parent / "theirs.toml")
        self.store = ModelStore(lambda: self.folder, catalogue, egress)

    def download(
        self, entry: CatalogueEntry = ENTRY, *, tries: int = 6, cancel: CancelToken | None = None, endpoint: str = ""
    ) -> InstalledModel:
        """Without a pause between tries."""
        return self.store.download(
            entry,
            endpoint or self.hub.endpoint,
            self.seen.append,
            cancel or CancelToken(),
            Patience((0.0,) * (tries - 1)),
        )

    def files(self) -> dict[str, bytes]:
        """Every GGUF that has its name, wherever it came to lie."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.parent.rglob("*.gguf")
            if path.is_relative_to(self.folder)
        }

    def right_or_absent(self) -> None:
        """The issue's rule, for both files and everything around."""
        right = {f"tiny/{MODEL}": MODEL_BYTES, f"tiny/{MMPROJ}": MMPROJ_BYTES}
        for name, content in self.files().items():
            assert right[name] == content, name
        outside = [path for path in self.folder.parent.rglob("*.gguf") if not path.is_relative_to(self.folder)]
        assert not outside

    def requests(self) -> list[dict]:
        """What the ledger says was sent."""
        return [one for one in self.noted() if "refused" not in one]

    def noted(self) -> list[dict]:
        """The ledger."""
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as hub:
        hub.put(REPO, MODEL, MODEL_BYTES)
        hub.put(REPO, MMPROJ, MMPROJ_BYTES)
        yield hub


@pytest.fixture
def desk(hub: HubServer, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path / "home" / "models", tmp_path / "egress.jsonl")
