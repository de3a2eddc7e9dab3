"""How a server takes videos whole, as its provider file says; others get single pictures of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_helper.core.i18n import tr

FORMS = ("data_uri", "base64")
QUIRK = "video"
MIME = "video/mp4"  # as servers know it
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class NativeVideo:
    """The table `[quirks.video]` of a provider file.

    Args:
        form: what stands in `video_url.url`: a `data_uri`, or the bytes as `base64` alone.
        max_mb: how large the file may be.
        max_seconds: how long.
        codecs: those that are sent as they are; others are encoded anew as the first one. All go in an MP4 file.
        documented: the server's makers say so. Where they do not, only who asks for it sends videos whole.
        fields: of the request, if there is a video in it.
    """

    form: str = "data_uri"
    max_mb: int = 50
    max_seconds: int = 300
    codecs: tuple[str, ...] = ("h264",)
    documented: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def max_bytes(self) -> int:
        """The same in bytes."""
        return self.max_mb * _MB


def native_video(quirks: Mapping[str, Any]) -> NativeVideo | None:
    """What quirks say about it; None if nothing. Raises ValueError for a table that is not what it should be."""
    table = quirks.get(QUIRK)
    if table is None:
        return None
    known = {"form": str, "max_mb": int, "max_seconds": int, "codecs": list, "documented": bool, "fields": dict}
    given = dict(table) if isinstance(table, Mapping) else {"": table}
    for name, value in given.items():
        if type(value) is not known.get(name):
            raise ValueError(tr("“{key}” is not what it should be", key=f"{QUIRK}.{name}".rstrip(".")))
    values: dict[str, Any] = {name: tuple(value) if name == "codecs" else value for name, value in given.items()}
    made = NativeVideo(**values)
    good = {
        "form": made.form in FORMS,
        "max_mb": made.max_mb >= 1,
        "max_seconds": made.max_seconds >= 1,
        "codecs": made.codecs[:1] == ("h264",),
    }
    if not all(good.values()):
        wrong = next(name for name, fits in good.items() if not fits)
        raise ValueError(tr("“{key}” is not what it should be", key=f"{QUIRK}.{wrong}"))
    return made
