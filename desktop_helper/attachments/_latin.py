"""Which of the encodings of Latin letters a text is in: the one in which its letters are those of one language.

Statistics of letters hardly tell them apart: French that is read as Polish is written looks like French, but for its
accents. No language has all the letters that a wrong reading makes of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# What `charset_normalizer` calls those that hold these letters, of DOS and the Mac, too.
ENCODINGS = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "latin_1", "hp_roman8"}
    | {f"iso8859_{number}" for number in (2, 3, 4, 9, 10, 13, 14, 15, 16)}
    | {f"cp{number}" for number in (437, 775, 850, 852, 857, 858, 860, 861, 863, 865)}
    | {"mac_croatian", "mac_iceland", "mac_latin2", "mac_roman", "mac_romanian", "mac_turkish"}
)
USUAL = ("cp1252", "iso8859_15")  # of most files, so what is meant if others fit no better
_TWO = re.compile(rb"[\x80-\xff]{2}")
_MARKS = frozenset("€£§°©®«»„“”‚‘’–—…·•¿¡ªº\u00a0")  # signs of all languages
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "àâæçèéêëîïôœùûüÿ",  # French
            "äöüß",  # German
            "áéíñóúü",  # Spanish
            "àáâãçéêíóôõúü",  # Portuguese
            "àèéìíîòóùú",  # Italian
            "àçèéíïòóúü·",  # Catalan
            "åäöé",  # Swedish, Finnish
            "åæøéòô",  # Danish, Norwegian
            "áèéêëïíóöúü",  # Dutch
            "áðéíóúýþæö",  # Icelandic
            "ąćęłńóśźż",  # Polish
            "áčďéěíňóřšťúůýž",  # Czech
            "áäčďéíĺľňóôŕšťúýž",  # Slovak
            "áéíóöőúüű",  # Hungarian
            "čćđšž",  # Croatian, Slovene
            "ăâîșțşţ",  # Romanian
            "ąčęėįšųūž",  # Lithuanian
            "āčēģīķļņšūž",  # Latvian
            "äõöüšž",  # Estonian
            "çğıöşüâîû\u0307",  # Turkish; its İ becomes two letters
        ),
    )
)


def best(data: bytes, readings: Sequence[str]) -> str | None:
    """The encoding that fits, of the usual ones and these; None if they are none of Latin letters.

    Where the likeliest is not, the letters have to stand alone, as they do between others of ASCII and never do in
    words of other scripts, and to be of one language.
    """
    latin = bool(readings) and readings[0] in ENCODINGS
    if not latin and _TWO.search(data):
        return None
    fits: dict[str, int] = {}
    for encoding in (*USUAL, *(one for one in readings if one in ENCODINGS)):
        try:
            fits.setdefault(encoding, _misfits(data.decode(encoding)))
        except UnicodeDecodeError:  # has bytes that it lacks
            continue
    found = min(fits, key=lambda one: fits[one], default=None)  # the first of those that are alike
    return found if latin or (found is not None and not fits[found]) else None


def _misfits(text: str) -> int:
    """How many of its letters beyond ASCII are neither of the one language that has most of them nor signs of all."""
    letters = Counter(letter for letter in text.lower() if letter > "\x7f" and letter not in _MARKS)
    return letters.total() - max(sum(letters[one] for one in alphabet) for alphabet in _ALPHABETS)
