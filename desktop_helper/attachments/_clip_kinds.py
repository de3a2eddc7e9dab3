"""What a video, or a sound, looks like from outside, and which readers of FFmpeg's may open it."""

from __future__ import annotations

# Without .ts, .mts and .rm, which are TypeScript and notes as well: those are known by what is in them.
SUFFIXES = (
    *(".mp4", ".mkv", ".webm", ".avi", ".mov", ".m4v", ".wmv", ".flv", ".mpg", ".mpeg", ".m2ts"),
    *(".ogv", ".3gp", ".vob", ".mxf", ".asf", ".apng", ".dv"),
    *(".mp3", ".wav", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".aac", ".wma", ".aiff"),
)

# Readers of FFmpeg's that need nothing but the file itself: no playlists (they name other files and addresses), no
# numbered pictures, no devices, no texts.
READERS = (
    *("mov", "matroska", "avi", "flv", "live_flv", "asf", "mpeg", "mpegts", "mpegvideo", "m4v", "h264", "hevc"),
    *("av1", "obu", "ivf", "vvc", "vc1", "h261", "h263", "dirac", "cavsvideo", "mjpeg", "yuv4mpegpipe"),
    *("ogg", "mxf", "gxf", "lxf", "nut", "nuv", "nsv", "dv", "rm", "wtv", "gif", "apng", "bink", "smk", "swf", "roq"),
    *("flic", "film_cpk", "4xm", "vivo", "thp", "pva", "mlv", "r3d", "idcin", "ea", "mvi", "sga"),
    *("mp3", "wav", "w64", "aac", "ac3", "eac3", "dts", "flac", "aiff", "caf", "au", "amr", "ape", "tta", "wv"),
    *("oma", "spx", "xwma"),
)

_PNG = b"\x89PNG\r\n\x1a\n"
_SIGNATURES = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"OggS\0",
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF, WMV
    b"\0\0\1\xba",  # MPEG programme stream
    b"\0\0\1\xb3",
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01",  # MXF
    b".RMF\0",
    b"DKIF\0\0",
    b"YUV4MPEG2 ",
    b"nut/multimedia container",
    b"\0\0\0\1\x67",  # H.264 without a container
    b"\x1f\x07\0",  # DV as it comes from the tape
    b"ID3\2",
    b"ID3\3",
    b"ID3\4",
    b"fLaC\0",
    b"caff\0\1",
)
_STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_TS_PACKETS = ((188, 0), (192, 4))  # length, and where in it the sync byte is


def looks_like_one(head: bytes) -> bool:
    """Whether a file that begins with `head` holds moving pictures or sound."""
    if head[4:8] == b"ftyp":
        return head[8:12] not in _STILL_BRANDS
    if head[:4] == b"RIFF":
        return head[8:12] in (b"AVI ", b"WAVE")
    if head[:3] == b"GIF":
        return is_animated_gif(head)
    if head[:8] == _PNG:
        return b"acTL" in head[:256]
    if head[:4] == b"FORM":
        return head[8:12] in (b"AIFF", b"AIFC")
    return head.startswith(_SIGNATURES) or _is_box(head) or _is_mp3(head) or _is_transport_stream(head)


def is_animated_gif(head: bytes) -> bool:
    """Whether it says that it is to be played again: every animated one does."""
    return head[:6] in (b"GIF87a", b"GIF89a") and b"NETSCAPE2.0" in head


def is_animation(head: bytes) -> bool:
    """Whether a file that is read as a video is of a kind of picture, as moving WebP and AVIF are by then."""
    return head.startswith((b"GIF8", _PNG))


def _is_box(head: bytes) -> bool:
    """As QuickTime files without a type begin. The names are words, but no text has such a length before one."""
    return head[4:8] in _BOXES and head[0] < 9 and not 2 <= int.from_bytes(head[:4], "big") < 8


def _is_transport_stream(head: bytes) -> bool:
    return any(
        len(head) > 4 * length and all(head[at + length * n] == 0x47 for n in range(4)) for length, at in _TS_PACKETS
    )


def _is_mp3(head: bytes) -> bool:
    """Two bytes would match too much: a second frame must begin where the first one ends."""
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        return False
    rate, frequency = rates[head[2] >> 4], (44_100, 48_000, 32_000, 0)[head[2] >> 2 & 3]
    if not rate or not frequency:
        return False
    length = 144_000 * rate // frequency + (head[2] >> 1 & 1)
    return head[length : length + 2] == head[:2]
