"""Whether a picture projector was made for the very model, as far as the files tell; nothing here is certain.

Embeddings of the right width are no proof: GLM-4.1V, 4.5V, 4.6V and 4.6V-Flash all make 4096 numbers, and llama.cpp
takes any for any. Then the model sees something, only not what is there. Two things give a stranger away:

- Names. Converters write the model's name into both files, some also the models that it was made from. They are what
  people called a folder, so little is read from them: the version behind the name of a well-known family, and billions
  of parameters. Different publishers, quantizations, fine-tunes and names without either raise no doubt.
- Shapes. The merger of a GLM projector is as wide as the feed-forward part of its model (docs/adr/012).

`general.size_label` says nothing here: in a projector's file it is often the projector's own size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop_helper.core.gguf.files import GgufFile
from desktop_helper.core.gguf.header import GgufHeader
from desktop_helper.core.gguf.projectors import merger_width, projector_type
from desktop_helper.core.i18n import tr

_FAMILIES = ("glm", "qwen", "gemma", "internvl", "minicpm-v", "smolvlm", "ministral", "kimi-vl", "lfm")
_VERSION = re.compile(rf"(?<![a-z])({'|'.join(_FAMILIES)})-?(\d+(?:\.\d+)?)(?![\d.]*[bmk](?![a-z]))")
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)b(?![a-z0-9])")
_BETWEEN = re.compile(r"[\s_-]+")
_MOST_PARENTS = 8
_LONGEST = 60  # of a name in a sentence
_GLM = {"glm4": 13_696, "glm4moe": 10_944}  # feed-forward lengths of GLM-4.1V and 4.6V-Flash; of GLM-4.5V and 4.6V


def doubt(projector: GgufFile, model: GgufFile) -> str:
    """One sentence if the projector seems to be another model's; else nothing."""
    ours, theirs = _marks(model.header), _marks(projector.header)
    if ours.contradict(theirs):
        return tr(
            "The picture projector {mmproj} seems to belong to {other}, not to {model}: it may see wrongly.",
            mmproj=projector.name,
            other=theirs.name,
            model=ours.name,
        )
    if _is_other_glms(projector.header, model.header):
        return tr(
            "The picture projector {mmproj} seems to belong to another GLM than {model}: it may see wrongly.",
            mmproj=projector.name,
            model=model.name,
        )
    return ""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a file's names say: versions behind each family, billions of parameters, and the first with a version."""

    name: str
    versions: dict[str, frozenset[str]]
    sizes: frozenset[str]

    def contradict(self, other: _Marks) -> bool:
        """Whether both speak of the same family, and of no version or no size of it in common."""
        families = self.versions.keys() & other.versions.keys()
        if not families:
            return False
        if any(not _agree(self.versions[family], other.versions[family]) for family in families):
            return True
        return bool(self.sizes and other.sizes) and self.sizes.isdisjoint(other.sizes)


def _marks(header: GgufHeader) -> _Marks:
    told = ""
    versions: dict[str, frozenset[str]] = {}
    sizes: set[str] = set()
    for name in _names(header):
        plain = _BETWEEN.sub("-", name.lower())
        for family, version in _VERSION.findall(plain):
            versions[family] = versions.get(family, frozenset()) | {version.removesuffix(".0")}
            told = told or name
        sizes.update(_SIZE.findall(plain))
    return _Marks(_harmless(told), versions, frozenset(sizes))


def _names(header: GgufHeader) -> list[str]:
    parents = min(header.count("general.base_model.count"), _MOST_PARENTS)
    keys = ["name", "basename", *(f"base_model.{number}.name" for number in range(parents))]
    return [header.text(f"general.{key}") for key in keys]


def _harmless(name: str) -> str:
    """`name` for a sentence: the file is anybody's."""
    return "".join(sign if sign.isprintable() else " " for sign in name[:_LONGEST])


def _agree(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a version is in both; 4 may stand for 4.6, since some names leave out what is behind the dot."""
    return any(
        one == other or one == other.partition(".")[0] or other == one.partition(".")[0]
        for one in some
        for other in others
    )


def _is_other_glms(projector: GgufHeader, model: GgufHeader) -> bool:
    """Whether the merger has the width of the other size of GLM. Only where both are exactly as they were published."""
    known = _GLM.get(model.architecture)
    if projector_type(projector) != "glm4v" or known is None or model.of_model("feed_forward_length") != known:
        return False
    width = merger_width(projector)
    return width != known and width in _GLM.values()
