"""Chooses how many layers go to the graphics card and how long the context is, so that a model fits this machine.

Pure: what the machine has comes in, the choice goes out. llama.cpp puts the output layer on the card first and then the
last layers of the model (`llama_model_base::load_tensors`); with several cards it shares them out by free memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_helper.backends.local.devices import Device
from desktop_helper.backends.local.needs import ModelNeeds, model_needs, projector_needs
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import GgufFile
from desktop_helper.core.i18n import tr

GB = 1 << 30
PREFERRED_CONTEXT = 16_384  # if nobody says otherwise
_COMFORTABLE_CONTEXT = 8_192  # a few pictures and a talk about them: worth more than speed
_LEAST_CONTEXT = 4_096
_SPARE = GB // 2  # on each device, for the driver, other programs and what the estimate leaves out
_PICTURE_SHARE = 0.4  # of the work of a first question about a picture that the projector does (a 9B GLM-4V at 1080p)
_PADDING = 256  # llama.cpp rounds contexts up to it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for; 0 and -1 leave the choice to us.

    Args:
        context: tokens.
        gpu_layers: layers on the graphics card, the output layer counted.
        vision_on_cpu: keep the projector in main memory.
        image_tokens: the largest picture; 0 for llama.cpp's own limit.
    """

    context: int = 0
    gpu_layers: int = -1
    vision_on_cpu: bool = False
    image_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """What a place has to hold, in bytes. `free` is None if the system does not tell."""

    place: str
    needed: int
    free: int | None

    @property
    def lacking(self) -> int:
        """How much too little is free."""
        return 0 if self.free is None else max(0, self.needed + _SPARE - self.free)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to load a model.

    Args:
        gpu_layers: for llama.cpp's `n_gpu_layers`.
        context: for `n_ctx`.
        vision_on_gpu: whether the projector goes to the graphics card.
        needs: for each device, and for main memory.
        fits: False only if the user chose both numbers and they seem too large: then llama.cpp may try.
        reason: one sentence if the user gets less than usual; else empty.
    """

    gpu_layers: int
    context: int
    vision_on_gpu: bool
    needs: tuple[Need, ...]
    fits: bool
    reason: str


def plan(
    model: GgufFile, projector: GgufFile | None, devices: Sequence[Device], free_ram: int | None, wanted: Wanted
) -> Plan:
    """The best way to load the model here. Raises `HelperError` if not even the least fits.

    Best is: a comfortable context, then as much of the work as possible on the graphics card, then more context.
    """
    pictures = projector_needs(projector.header, wanted.image_tokens) if projector is not None else 0
    machine = _Machine(usable(devices), free_ram, model_needs(model.header), pictures)
    choices = list(_choices(machine, wanted))
    fitting = [choice for choice in choices if not machine.lacking(choice)]
    if fitting:
        best = max(fitting, key=machine.worth)
        return machine.plan(best, fits=True, wanted=wanted)
    least = min(choices, key=machine.lacking)
    if wanted.context > 0 and wanted.gpu_layers >= 0:
        return machine.plan(least, fits=False, wanted=wanted)
    raise _too_large(model.name, machine.needs(least), least.context)


def usable(devices: Sequence[Device]) -> tuple[Device, ...]:
    """The graphics cards that llama.cpp would use: one in the processor only if there is no other."""
    cards = tuple(device for device in devices if device.kind == "gpu")
    return cards or tuple(device for device in devices if device.kind == "igpu")[:1]


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to load it."""

    layers: int
    context: int
    vision_on_gpu: bool


@dataclass(frozen=True, slots=True)
class _Machine:
    """The cards and the memory of this machine, and what the model needs."""

    cards: tuple[Device, ...]
    free_ram: int | None
    model: ModelNeeds
    pictures: int

    @property
    def total(self) -> int:
        """Layers, with the output layer."""
        return len(self.model.layers) + 1

    def needs(self, choice: _Choice) -> tuple[Need, ...]:
        """What each card and the main memory would have to hold."""
        model = self.model
        first = max(0, self.total - choice.layers)  # the first layer on the card
        here = [size + choice.context * cache for size, cache in zip(model.layers, model.cache, strict=True)]
        work = model.working(choice.context)
        there = sum(here[first:]) + (model.output if choice.layers > 0 else 0)
        ram = model.entry + sum(here[:first]) + (model.output_in_ram if choice.layers == 0 else 0) + work
        cards = self._on_cards(there, work if choice.layers > 0 else 0, max(here, default=0))
        if choice.vision_on_gpu and cards:
            cards[0] += self.pictures
        else:
            ram += self.pictures
        shared = sum(size for size, card in zip(cards, self.cards, strict=True) if card.shares_ram)
        found = [Need(card.name, size, card.known_free) for size, card in zip(cards, self.cards, strict=True) if size]
        return (*found, Need("RAM", ram + shared, self.free_ram))

    def lacking(self, choice: _Choice) -> int:
        """How much is lacking everywhere together."""
        return sum(need.lacking for need in self.needs(choice))

    def worth(self, choice: _Choice) -> tuple[bool, float, int]:
        """What makes one choice better than another."""
        comfortable = choice.context >= min(_COMFORTABLE_CONTEXT, self.model.trained or _COMFORTABLE_CONTEXT)
        share = _PICTURE_SHARE if self.pictures else 0.0
        speed = (1 - share) * choice.layers / self.total + share * choice.vision_on_gpu
        return comfortable, speed, choice.context

    def plan(self, choice: _Choice, *, fits: bool, wanted: Wanted) -> Plan:
        """`choice` as it is told."""
        reason = ""
        if not fits:
            reason = _sentence(self.needs(choice))
        elif self.cards and wanted.gpu_layers < 0 and choice.layers < self.total:
            reason = tr("{layers} of {total} layers fit on the graphics card.", layers=choice.layers, total=self.total)
        elif wanted.context <= 0 and choice.context < _preferred(self.model):
            reason = tr("There is memory for a context of {context} tokens only.", context=choice.context)
        needs = self.needs(choice)
        return Plan(choice.layers, choice.context, choice.vision_on_gpu, needs, fits, reason)

    def _on_cards(self, weights: int, work: int, layer: int) -> list[int]:
        """`weights` shared out by free memory; layers cannot be cut, so with several cards each may get one more."""
        if not self.cards or not work:
            return [0] * len(self.cards)
        free = [float(card.known_free or 1) for card in self.cards]
        more = layer if len(self.cards) > 1 else 0
        return [int(weights * part / sum(free)) + more + work for part in free]


def _choices(machine: _Machine, wanted: Wanted) -> Iterator[_Choice]:
    if wanted.context > 0:
        contexts = [-(-wanted.context // _PADDING) * _PADDING]
    else:
        contexts = _contexts(_preferred(machine.model))
    layers = range(machine.total + 1) if wanted.gpu_layers < 0 else [min(wanted.gpu_layers, machine.total)]
    with_card = bool(machine.cards) and machine.pictures > 0 and not wanted.vision_on_cpu
    for context in contexts:
        for count in layers if machine.cards else [0]:
            for vision_on_gpu in (True, False) if with_card else (False,):
                yield _Choice(count, context, vision_on_gpu)


def _preferred(model: ModelNeeds) -> int:
    return min(PREFERRED_CONTEXT, model.trained) if model.trained > 0 else PREFERRED_CONTEXT


def _contexts(preferred: int) -> list[int]:
    contexts = [preferred]
    while contexts[-1] // 2 >= _LEAST_CONTEXT:
        contexts.append(contexts[-1] // 2)
    return contexts


def _too_large(name: str, needs: Sequence[Need], context: int) -> HelperError:
    worst = max(needs, key=lambda need: need.lacking)
    return HelperError(
        ErrorKind.MODEL,
        tr(
            "{name} needs about {needed} GB of memory ({place}) for {context} tokens, and {free} GB are free.",
            name=name,
            needed=_gb(worst.needed + _SPARE),
            place=worst.place,
            context=context,
            free=_gb(worst.free or 0),
        ),
        tr("Close other programs, or choose a smaller model, a smaller quantization or a shorter context."),
    )


def _sentence(needs: Sequence[Need]) -> str:
    worst = max(needs, key=lambda need: need.lacking)
    return tr(
        "This may be too much: about {needed} GB are needed ({place}), and {free} GB are free.",
        needed=_gb(worst.needed + _SPARE),
        place=worst.place,
        free=_gb(worst.free or 0),
    )


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f}"
