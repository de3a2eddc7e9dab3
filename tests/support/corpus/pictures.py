"""Pictures by Pillow, OpenCV, FFmpeg and libheif, in every mode and format: four quarters of known colours."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from io import BytesIO
from typing import Any

import av
import cv2
import numpy as np
from PIL import Image

from desktop_helper.core.protocols import ConvertOptions
from tests.support import heif_files
from tests.support.corpus.entry import Colour, Entry, Spot

WIDTH, HEIGHT = 128, 96
RED, GREEN, BLUE, YELLOW = (230, 30, 30), (30, 200, 60), (40, 60, 220), (240, 220, 40)
WHITE, BLACK, DARK = (255, 255, 255), (0, 0, 0), (28, 28, 30)
GREYS = (20, 90, 160, 240)
PLACES = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
QUARTERS: tuple[Spot, ...] = tuple((*at, colour) for at, colour in zip(PLACES, (RED, GREEN, BLUE, YELLOW), strict=True))
# Where what was red, green, blue, yellow (0 to 3) is seen after a camera has noted how it was held.
TURNS = {1: "0123", 2: "1032", 3: "3210", 4: "2301", 5: "0213", 6: "2031", 7: "3120", 8: "1302"}


def spots(*colours: Colour) -> tuple[Spot, ...]:
    """These colours in the four quarters, row by row."""
    return tuple((*at, colour) for at, colour in zip(PLACES, colours, strict=True))


GREY_SPOTS = spots(*((grey, grey, grey) for grey in GREYS))


def chart() -> Image.Image:
    """Red and green above blue and yellow."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for at, colour in enumerate((RED, GREEN, BLUE, YELLOW)):
        image.paste(colour, _quarter(at))
    return image


def greys() -> Image.Image:
    """The same in four greys."""
    image = Image.new("L", (WIDTH, HEIGHT))
    for at, grey in enumerate(GREYS):
        image.paste(grey, _quarter(at))
    return image


def _quarter(at: int) -> tuple[int, int, int, int]:
    left, top = (at % 2) * WIDTH // 2, (at // 2) * HEIGHT // 2
    return left, top, left + WIDTH // 2, top + HEIGHT // 2


def half_clear() -> Image.Image:
    """The chart, of which the upper left quarter is not there."""
    image = chart().convert("RGBA")
    image.paste((0, 0, 0, 0), _quarter(0))
    return image


def saved(make: Callable[[], Image.Image], kind: str, mode: str = "", **options: Any) -> bytes:
    """A picture by Pillow."""
    buffer = BytesIO()
    image = make()
    if mode == "P":
        image = image.quantize(16)
    elif mode:
        image = image.convert(mode)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def several(kind: str, **options: Any) -> bytes:
    """Three pictures in one file: red, green and blue."""
    first, *others = (Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in (RED, GREEN, BLUE))
    return saved(lambda: first, kind, save_all=True, append_images=others, **options)


def by_opencv(suffix: str, kind: type = np.uint8, *options: int) -> bytes:
    """The chart by OpenCV, with 8 or 16 bits."""
    pixels: Any = np.asarray(chart())[:, :, ::-1].astype(kind)
    return cv2.imencode(suffix, pixels * (257 if kind is np.uint16 else 1), options)[1].tobytes()


def by_ffmpeg(codec: str, pixels: str) -> bytes:
    """The chart by an encoder of FFmpeg's for single pictures."""
    coder: Any = av.CodecContext.create(codec, "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = WIDTH, HEIGHT, pixels, Fraction(1)
    frame = av.VideoFrame.from_image(chart()).reformat(format=pixels)
    return b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])


def held(orientation: int) -> bytes:
    """As a camera writes it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(chart, "JPEG", exif=exif, quality=95, subsampling=0)


def sixteen_bits() -> Image.Image:
    """The greys with 16 bits."""
    return Image.fromarray(np.asarray(greys()).astype(np.uint16) * 257)


def floating() -> Image.Image:
    """The greys as numbers from 0 to 1, black and white among them."""
    values = np.asarray(greys()).astype(np.float32) / 255
    values[0, 0], values[0, 1] = 0, 1
    return Image.fromarray(values)


def plain_pnm(kind: int) -> bytes:
    """One whose numbers are written out: 1 for black and white, 2 for greys, 3 for colours."""
    if kind == 1:
        rows = [" ".join("1" if x < WIDTH // 2 else "0" for x in range(WIDTH)) for _ in range(HEIGHT)]
        return f"P1\n# by hand\n{WIDTH} {HEIGHT}\n".encode() + "\n".join(rows).encode()
    pixels = np.asarray(greys() if kind == 2 else chart()).reshape(HEIGHT, -1)
    return f"P{kind}\n{WIDTH} {HEIGHT}\n255\n".encode() + b"\n".join(" ".join(map(str, row)).encode() for row in pixels)


def _pillow(name: str, kind: str, mode: str = "", seen: tuple[Spot, ...] = QUARTERS, **options: Any) -> Entry:
    make = partial(saved, greys if mode in ("L", "LA", "1") else chart, kind, mode, **options)
    return Entry(name, "Pillow", make, pictures=1, size=(WIDTH, HEIGHT), spots=seen, within=_loss(kind))


def _loss(kind: str) -> int:
    return 28 if kind in ("JPEG", "WEBP", "AVIF", "JPEG2000", "GIF", "MPO", "DDS") else 12


def _of_pillow() -> list[Entry]:
    grey, half = GREY_SPOTS, ((0.25, 0.25, BLACK), (0.75, 0.75, WHITE))
    cmyk: Any = {"mode": "CMYK"}
    return [
        *(_pillow(f"{mode}.png", "PNG", mode) for mode in ("RGB", "RGBA")),
        _pillow("palette.png", "PNG", "P"),
        *(_pillow(f"{mode}.png", "PNG", mode, grey) for mode in ("L", "LA")),
        _pillow("bits.png", "PNG", "1", half),
        _pillow("RGB.jpg", "JPEG", quality=95),
        _pillow("progressive.jpeg", "JPEG", quality=90, progressive=True),
        _pillow("small.jpg", "JPEG", quality=50),
        _pillow("grey.jpg", "JPEG", "L", grey),
        _pillow("cmyk.jpg", "JPEG", **cmyk, quality=95),
        _pillow("two.mpo", "MPO", quality=95),
        _pillow("one.gif", "GIF"),
        _pillow("interlaced.gif", "GIF", interlace=1),
        *(_pillow(f"{mode}.bmp", "BMP", mode) for mode in ("RGB", "RGBA", "P")),
        _pillow("grey.bmp", "BMP", "L", grey),
        _pillow("bits.bmp", "BMP", "1", half),
        _pillow("raw.tif", "TIFF"),
        *(_pillow(f"{how}.tif", "TIFF", compression=f"tiff_{how}") for how in ("lzw", "deflate", "adobe_deflate")),
        _pillow("packed.tif", "TIFF", compression="packbits"),
        _pillow("zstd.tiff", "TIFF", compression="zstd"),
        _pillow("jpeg.tif", "TIFF", compression="jpeg", quality=95),
        _pillow("fax.tif", "TIFF", "1", half, compression="group4"),
        _pillow("cmyk.tif", "TIFF", **cmyk),
        _pillow("lossy.webp", "WEBP", quality=92),
        _pillow("lossless.webp", "WEBP", lossless=True),
        _pillow("one.avif", "AVIF", quality=90),
        _pillow("one.jp2", "JPEG2000"),
        _pillow("lossy.j2k", "JPEG2000", no_jp2=True, quality_mode="rates", quality_layers=[8]),
        _pillow("grey.jp2", "JPEG2000", "L", grey),
        _pillow("raw.ppm", "PPM"),
        _pillow("raw.pgm", "PPM", "L", grey),
        _pillow("raw.pbm", "PPM", "1", half),
        _pillow("run.pcx", "PCX"),
        _pillow("one.qoi", "QOI"),
        _pillow("one.dds", "DDS"),
    ]


def _special() -> list[Entry]:
    clear = spots(WHITE, GREEN, BLUE, YELLOW)
    dark = ConvertOptions(paper=DARK)
    deep = partial(saved, sixteen_bits)
    grey: dict[str, Any] = {"spots": GREY_SPOTS, "size": (WIDTH, HEIGHT), "pictures": 1}
    whole: dict[str, Any] = {"size": (WIDTH, HEIGHT), "pictures": 1}
    return [
        Entry("clear.png", "Pillow", partial(saved, half_clear, "PNG"), spots=clear, **whole),
        Entry("dark.png", "Pillow", partial(saved, half_clear, "PNG"), spots=spots(DARK, GREEN, BLUE, YELLOW),
              options=dark, **whole),
        Entry("clear.webp", "Pillow", partial(saved, half_clear, "WEBP", lossless=True), spots=clear, **whole),
        Entry("clear.avif", "Pillow", partial(saved, half_clear, "AVIF", quality=95), spots=clear, within=28, **whole),
        Entry("clear.tif", "Pillow", partial(saved, half_clear, "TIFF"), spots=clear, **whole),
        Entry("clear.gif", "Pillow", partial(saved, half_clear, "GIF"), spots=clear, within=28, **whole),
        Entry("deep.png", "Pillow", partial(deep, "PNG"), **grey),
        Entry("deep.tif", "Pillow", partial(deep, "TIFF"), **grey),
        Entry("float.tif", "Pillow", partial(saved, floating, "TIFF"), **grey),
        Entry("icon.ico", "Pillow", partial(saved, chart, "ICO", sizes=[(16, 16), (64, 48)]), spots=QUARTERS),
        Entry("icon.icns", "Pillow", partial(saved, lambda: chart().resize((128, 128)), "ICNS"), spots=QUARTERS),
        *(Entry(f"held {turn}.jpg", "Pillow", partial(held, turn), pictures=1, within=28,
                size=(WIDTH, HEIGHT) if turn < 5 else (HEIGHT, WIDTH),
                spots=spots(*((RED, GREEN, BLUE, YELLOW)[int(at)] for at in TURNS[turn]))) for turn in TURNS),
        Entry("large.png", "Pillow", partial(saved, lambda: chart().resize((4000, 3000)), "PNG"), spots=QUARTERS),
        Entry("thin.png", "Pillow", partial(saved, lambda: chart().crop((0, 0, 128, 3)), "PNG"), pictures=1),
    ]  # fmt: skip


def _many() -> list[Entry]:
    flat = tuple((number, ((0.5, 0.5, colour),)) for number, colour in enumerate((RED, GREEN, BLUE)))
    film: dict[str, Any] = {"later": flat, "pictures": 3, "within": 28, "needs": ("av",)}
    return [
        Entry("pages.tif", "Pillow", partial(several, "TIFF"), later=flat, pictures=3),
        Entry("moving.gif", "Pillow", partial(several, "GIF", duration=700, loop=0), **film),
        Entry("once.gif", "Pillow", partial(several, "GIF", duration=700), **film),
        Entry("moving.webp", "Pillow", partial(several, "WEBP", duration=700, lossless=True), **film),
        Entry("moving.avif", "Pillow", partial(several, "AVIF", duration=700), **film),
        Entry("moving.png", "Pillow", partial(several, "PNG", duration=700), **film),
    ]


def _of_others() -> list[Entry]:
    whole: dict[str, Any] = {"pictures": 1, "size": (WIDTH, HEIGHT), "spots": QUARTERS}
    eight = (".png", ".bmp", ".tiff", ".ppm", ".jp2")
    return [
        *(Entry(f"cv{suffix}", "OpenCV", partial(by_opencv, suffix), **whole) for suffix in eight),
        *(Entry(f"cv{suffix}", "OpenCV", partial(by_opencv, suffix), within=28, **whole) for suffix in (".jpg",
                ".webp")),
        *(Entry(f"deep{suffix}", "OpenCV", partial(by_opencv, suffix, np.uint16), **whole)
          for suffix in (".png", ".tiff", ".ppm", ".jp2")),
        *(Entry(f"ff.{codec}", "FFmpeg", partial(by_ffmpeg, codec, pixels), **whole)
          for codec, pixels in (("png", "rgb48be"), ("bmp", "bgr24"), ("tiff", "rgba64le"), ("ppm", "rgb48be"),
                                ("qoi", "rgba"), ("pcx", "rgb24"))),
        Entry("ff.jpg", "FFmpeg", partial(by_ffmpeg, "mjpeg", "yuvj444p"), within=40, **whole),
        Entry("ff.webp", "FFmpeg", partial(by_ffmpeg, "libwebp", "bgra"), within=28, **whole),
        Entry("plain.pbm", "by hand", partial(plain_pnm, 1), pictures=1, spots=((0.25, 0.5, BLACK), (0.75, 0.5,
              WHITE))),
        Entry("plain.pgm", "by hand", partial(plain_pnm, 2), pictures=1, spots=GREY_SPOTS),
        Entry("plain.ppm", "by hand", partial(plain_pnm, 3), **whole),
        Entry("one.heic", "libheif", lambda: heif_files.PLAIN, pictures=1, size=(64, 64), within=28,
              spots=((0.1, 0.1, (255, 0, 0)), (0.9, 0.1, (0, 0, 255)), (0.1, 0.95, BLACK))),
        Entry("tiles.heic", "libheif, as telephones lay it", lambda: heif_files.grid(3, 2), pictures=1, size=(192,
              128)),
        Entry("two.heic", "libheif", lambda: heif_files.TWO, pictures=1, notes=("holds 2 pictures",)),
    ]  # fmt: skip


def entries() -> list[Entry]:
    """All of them."""
    return [*_of_pillow(), *_special(), *_many(), *_of_others()]
