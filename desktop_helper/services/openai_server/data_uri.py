"""The bytes of a picture that stands in a request."""

from __future__ import annotations

import base64
import binascii

from desktop_helper.core.i18n import tr
from desktop_helper.services.openai_server.refusal import Refusal, wrong_field

MAX_PICTURE_BYTES = 20 * 1024 * 1024
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def picture_bytes(url: str, param: str) -> bytes:
    """The file in a data URI, or in bare base64 as some clients of GLM send it. Raises `Refusal`.

    Args:
        url: what the client wrote.
        param: where, for the refusal.
    """
    data = _decoded(_payload(url.strip(), param), param)
    if not (data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")):
        raise wrong_field(
            param,
            tr("The picture in “{field}” is not PNG, JPEG, WebP or GIF.", field=param),
            tr("Save it as PNG or JPEG and send that."),
            "invalid_image",
        )
    return data


def _payload(url: str, param: str) -> str:
    head = url[:256].lower()
    if head.startswith("data:"):
        description, comma, payload = url.partition(",")
        if not comma or not description.lower().endswith(";base64"):
            raise _unreadable(param)
        return payload
    if "://" in head or head.startswith(("//", "file:", "blob:")):
        raise wrong_field(
            param,
            tr("The picture in “{field}” is an address; this server fetches nothing.", field=param),
            tr("Send the picture itself, as a data URI with base64."),
            "remote_image",
        )
    return url


def _decoded(payload: str, param: str) -> bytes:
    if len(payload) > MAX_PICTURE_BYTES * 4 // 3 + 4:
        limit = MAX_PICTURE_BYTES // (1024 * 1024)
        message = tr("The picture in “{field}” is larger than {limit} MB.", field=param, limit=limit)
        raise Refusal(413, message, tr("Send a smaller one."), param=param, code="image_too_large")
    try:
        return base64.b64decode("".join(payload.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable(param) from None


def _unreadable(param: str) -> Refusal:
    return wrong_field(
        param,
        tr("“{field}” is not a data URI with base64.", field=param),
        tr("It looks like data:image/png;base64,iVBORw0…"),
        "invalid_image",
    )
