"""A drawn formula as one character of a QTextDocument: sharp on every screen, on the line's baseline, in its colour."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QCoreApplication, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPixmap,
    QPixmapCache,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from desktop_helper.ui.markdown.formulas import Shape, draw, formulas

_AIR = 1.5  # pixels above and below
OBJECT_CHAR = "\ufffc"
_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
_TEX, _DISPLAY, _SOURCE, _WIDTH, _ASCENT, _DESCENT = (QTextFormat.Property.UserProperty.value + n for n in range(1, 7))


class FormulaObject(QPyTextObject):
    """Measures and paints the formulas of all documents; Qt calls it."""

    def intrinsicSize(self, document: QTextDocument, _position: int, format_: QTextFormat) -> QSizeF:
        """As high as Qt must keep free: it puts half above and half below the middle of small letters."""
        style = format_.toCharFormat()
        width, ascent, descent = _extent(document, style)
        x_height = QFontMetricsF(style.font()).xHeight() / 2
        return QSizeF(width, max(2 * ascent - x_height, 2 * descent + x_height) + 2 * _AIR)

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, document: QTextDocument, position: int, format_: QTextFormat
    ) -> None:
        """Paint it on the baseline."""
        style = format_.toCharFormat()
        width, ascent, descent = _extent(document, style)
        block = document.findBlock(position)
        line = block.layout().lineForTextPosition(position - block.position())
        base = line.ascent() + max(0.0, line.leading())
        top = QRectF(rect).center().y() - (base + line.descent()) / 2 + base - ascent
        device = painter.device()
        picture = _picture(style, QSizeF(width, ascent + descent), device.devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(QRectF(rect.left(), top, width, ascent + descent), picture, QRectF(picture.rect()))


def install(document: QTextDocument) -> None:
    """Let `document` show formulas."""
    document.documentLayout().registerHandler(_TYPE, _handler())


def _handler() -> FormulaObject:
    """One for the whole app, which outlives the documents.

    Of one for each document Qt told the layout when it ended, while that layout ended, too, and crashed now and then.
    """
    app = QCoreApplication.instance()
    assert app is not None
    found = app.findChild(FormulaObject, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, FormulaObject) else FormulaObject(app)


def insert(cursor: QTextCursor, shape: Shape, base: QTextCharFormat, tex: str, source: str, *, display: bool) -> float:
    """Write a formula. Returns by how many em it is higher or lower than letters are."""
    style = QTextCharFormat(base)
    style.setObjectType(_TYPE)
    style.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    values = (tex, display, source, shape.width, shape.ascent, shape.descent)
    for name, value in zip((_TEX, _DISPLAY, _SOURCE, _WIDTH, _ASCENT, _DESCENT), values, strict=True):
        style.setProperty(name, value)
    cursor.insertText(OBJECT_CHAR, style)
    return max(shape.ascent - 0.95, shape.descent - 0.3)


def with_sources(text: str, selected: QTextCursor) -> str:
    """`text` of a selection with the LaTeX in place of each formula."""
    if OBJECT_CHAR not in text:
        return text
    sources = iter(_sources(selected))
    first, *others = text.split(OBJECT_CHAR)
    return first + "".join(next(sources, OBJECT_CHAR) + other for other in others)


def _sources(selected: QTextCursor) -> list[str]:
    """One for each object character of the selection, in order."""
    document, begin, end = selected.document(), selected.selectionStart(), selected.selectionEnd()
    found: list[str] = []
    block = document.findBlock(begin)
    while block.isValid() and block.position() < end:
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            inside = range(max(begin, fragment.position()), min(end, fragment.position() + fragment.length()))
            source = str(fragment.charFormat().property(_SOURCE) or OBJECT_CHAR)
            text = fragment.text()
            found += [source for position in inside if text[position - fragment.position()] == OBJECT_CHAR]
            iterator += 1
        block = block.next()
    return found


def _extent(document: QTextDocument, style: QTextCharFormat) -> tuple[float, float, float]:
    """Width, ascent and descent in pixels; no wider than the text."""
    size = float(style.font().pixelSize())
    if size <= 0:
        size = float(document.defaultFont().pixelSize())
    width, ascent, descent = (float(style.property(name)) * size for name in (_WIDTH, _ASCENT, _DESCENT))
    room = document.textWidth() - 8
    shrunk = min(1.0, room / width) if room > 0 else 1.0
    return width * shrunk, ascent * shrunk, descent * shrunk


def _picture(style: QTextCharFormat, size: QSizeF, ratio: float) -> QPixmap | None:
    tex, display = str(style.property(_TEX)), bool(style.property(_DISPLAY))
    colour = style.foreground().color().name()
    pixels = (size * ratio).toSize().expandedTo(QSizeF(1, 1).toSize())
    key = f"formula {pixels.width()} {pixels.height()} {colour} {display} {tex}"
    picture = QPixmap()
    if QPixmapCache.find(key, picture):
        return picture
    shape = formulas().get((tex, display)) or draw(tex, display)
    if shape is None:
        return None
    from PySide6.QtSvg import QSvgRenderer

    picture = QPixmap(pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    svg = shape.svg.replace('"black"', f'"{colour}"')
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    QPixmapCache.insert(key, picture)
    return picture
