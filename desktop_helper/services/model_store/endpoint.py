"""Which model hub to ask: Hugging Face, a mirror of it, or ModelScope."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import is_named, is_this_machine, shown
from desktop_helper.core.i18n import tr

DEFAULT_ENDPOINT = "https://huggingface.co"
MODELSCOPE = "https://modelscope.cn"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
# What a user may choose without typing; the last one serves mainland China.
KNOWN = (DEFAULT_ENDPOINT, "https://hf-mirror.com", MODELSCOPE)


def chosen_endpoint(option: str, settings: str) -> str:
    """The endpoint: an option before `HF_ENDPOINT` before the settings. Raises `HelperError(CONFIG)` as `checked`."""
    return checked(option or os.environ.get(ENDPOINT_VARIABLE, "") or settings or DEFAULT_ENDPOINT)


def checked(endpoint: str) -> str:
    """`endpoint` without a slash at its end. Raises `HelperError(CONFIG)` unless it is https, or on this machine."""
    endpoint = endpoint.strip().rstrip("/")
    try:
        parts = urlsplit(endpoint)
        usable = bool(parts.hostname) and parts.port != 0 and not is_named(endpoint)
        usable = usable and not parts.query and not parts.fragment
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
    except ValueError:
        usable = secure = False
    if usable and secure:
        return endpoint
    url = shown(endpoint)
    raise HelperError(
        ErrorKind.CONFIG,
        tr("“{url}” cannot be used as a model server: an address that begins with https:// is needed.", url=url),
        tr("Use {first} or {second}, for example.", first=KNOWN[0], second=KNOWN[1]),
    )


def is_modelscope(endpoint: str) -> bool:
    """Whether it speaks ModelScope's own language instead of the hub's."""
    host = urlsplit(endpoint).hostname or ""
    return host in ("modelscope.cn", "modelscope.ai") or host.endswith((".modelscope.cn", ".modelscope.ai"))
