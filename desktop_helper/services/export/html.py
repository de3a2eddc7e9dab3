"""One web page that needs nothing else: pictures inside, no scripts, nothing fetched, light and dark as the reader's.

Whatever a model or a file wrote is escaped, and the page itself forbids the browser to load anything.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from desktop_helper.core import i18n
from desktop_helper.core.brought import brought
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, Role
from desktop_helper.services.export._page_style import STYLE
from desktop_helper.services.export._shelf import Shelf
from desktop_helper.services.export.format import (
    Conversation,
    ExportFormat,
    ExportOptions,
    outcome,
    speaker,
)
from desktop_helper.services.markdown.parser import to_offline_html

if TYPE_CHECKING:
    from desktop_helper.services.history_records import StoredMessage

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_PICTURES = ("image/png", "image/jpeg")
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="when">{when}</p>
{body}
</main>
</body>
</html>
"""


def _render(conversations: Iterable[Conversation], options: ExportOptions) -> str:
    (conversation,) = conversations
    shelf = Shelf()
    body = "\n".join(_section(stored, options, shelf) for stored in options.each(conversation.messages))
    return _PAGE.format(
        language=i18n.language().replace("_", "-"),
        policy=_POLICY,
        title=escape(conversation.info.title or tr("Conversation")),
        style=STYLE,
        when=f"{conversation.info.created.astimezone():%Y-%m-%d %H:%M}",
        body=body,
    )


def _section(stored: StoredMessage, options: ExportOptions, shelf: Shelf) -> str:
    inside = "\n".join(_contents(stored, options, shelf))
    return f'<section class="{stored.message.role.value}">\n<h2>{escape(speaker(stored))}</h2>\n{inside}\n</section>'


def _contents(stored: StoredMessage, options: ExportOptions, shelf: Shelf) -> Iterator[str]:
    message = stored.message
    media = brought(message) if message.role is Role.TOOL else message.media
    (shelf.bring if message.role is Role.TOOL else shelf.add)(media)
    for part in media:
        yield _medium(part, shelf.anchor(part))
    for notice in stored.notices:
        yield f'<p class="note">{escape(notice)}</p>'
    if options.thinking and message.thinking.strip():
        yield _folded(tr("Thinking"), message.thinking.strip())
    if message.text.strip() and len(media) == len(message.media):  # else its text was shown as that of pages
        if message.role is Role.ASSISTANT:
            yield to_offline_html(message.text, shelf.places)
        else:
            yield f'<p class="plain">{escape(message.text.strip())}</p>'
    if unfinished := outcome(stored):
        yield f'<p class="note">{escape(unfinished)}</p>'


def _medium(part: MediaPart, anchor: str) -> str:
    name = escape(" ".join(part.name.split()))
    if not isinstance(part, ImagePart):
        return _folded(part.name, part.text, anchor)
    if part.mime not in _PICTURES:
        return f'<p class="note">[{name}]</p>'
    data = b64encode(part.data).decode("ascii")
    picture = f'<img src="data:{part.mime};base64,{data}" width="{part.width}" height="{part.height}" alt="{name}">'
    return f"<figure{_id(anchor)}>{picture}<figcaption>{name}</figcaption></figure>"


def _id(anchor: str) -> str:
    return f' id="{anchor}"' if anchor else ""


def _folded(title: str, text: str, anchor: str = "") -> str:
    shown = escape(" ".join(title.split()))
    return f"<details{_id(anchor)}><summary>{shown}</summary><pre>{escape(text)}</pre></details>"


FORMAT = ExportFormat(name="html", title=lambda: tr("Web page"), suffix=".html", joined=False, render=_render)
