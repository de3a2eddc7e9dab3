"""What `desktop-helper models` prints about models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from desktop_helper.cli._terminal import one_line
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.condition import condition
from desktop_helper.services.model_store.machine import Fit, Machine
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.store import profile_of
from desktop_helper.services.model_store.words import fit_text

if TYPE_CHECKING:
    from desktop_helper.services.model_store.catalogue import CatalogueEntry
    from desktop_helper.services.model_store.records import InstalledModel, UnfinishedModel
    from desktop_helper.services.practice import PracticeModel
    from desktop_helper.services.settings import Settings


def installed_data(model: InstalledModel) -> dict[str, Any]:
    """For `--json`."""
    state = condition(model)
    return {
        "name": model.id,
        "title": model.title,
        "gguf": str(model.gguf),
        "mmproj": str(model.mmproj) if model.mmproj else None,
        "files": [str(path) for path in model.files],
        "bytes": model.bytes,
        "referenced": model.referenced,
        "missing": [str(path) for path in model.missing],
        "problem": state.fault.message if state.fault else None,
        "warning": state.doubt or None,
        "source": model.source or None,
    }


def entry_data(entry: CatalogueEntry, machine: Machine) -> dict[str, Any]:
    """For `--json`."""
    return {
        "name": entry.id,
        "title": entry.title,
        "repo": entry.repo,
        "files": [{"name": file.name, "bytes": file.bytes} for file in entry.files],
        "mmproj": {"name": entry.mmproj.name, "bytes": entry.mmproj.bytes} if entry.mmproj else None,
        "bytes": entry.bytes,
        "memory_bytes": entry.memory_bytes,
        "quantisation": entry.quantisation,
        "context_tokens": entry.context_tokens,
        "licence": entry.licence,
        "note": entry.note,
        "fit": machine.fit(entry).value,
    }


def listing(
    installed: Sequence[InstalledModel],
    unfinished: Sequence[UnfinishedModel],
    catalogue: Sequence[CatalogueEntry],
    machine: Machine,
    settings: Settings,
    practice: PracticeModel | None = None,
) -> Iterator[str]:
    """Three short tables; the practice model is the first of those that are here."""
    here = {model.id for model in installed}
    others = [entry for entry in catalogue if entry.id not in here]
    names = [*here, *(entry.id for entry in others), *(one.id for one in unfinished)]
    width = max(map(len, [*names, practice.name] if practice is not None else names), default=0)
    yield tr("On this machine:")
    if practice is not None:
        state = [tr("answers now")] if practice.answers else []
        words = [f"  {practice.name:<{width}}", f"{size_text(practice.bytes):>8}", practice.title]
        yield one_line_of([*words, tr("comes with the app, shows how it works"), *state])
    for model in installed:
        words = [f"  {model.id:<{width}}", f"{size_text(model.bytes):>8}", *_remarks(model, settings)]
        yield one_line_of(words)
    if not installed and practice is None:
        yield "  " + tr("none yet")
    if unfinished:
        yield tr("Unfinished downloads:")
        yield from (one_line_of([f"  {one.id:<{width}}", f"{size_text(one.bytes):>8}"]) for one in unfinished)
    if others:
        yield tr("To download with “desktop-helper models download NAME”:")
    for entry in others:
        size = ("" if entry.bytes else "≈ ") + size_text(entry.estimated_bytes)
        yield one_line_of([f"  {entry.id:<{width}}", f"{size:>9}", fit_text(machine.fit(entry)), f"({entry.licence})"])


def recommendation(entry: CatalogueEntry | None, machine: Machine) -> Iterator[str]:
    """The best model, why, and how to get it."""
    ram = size_text(machine.ram) if machine.ram is not None else tr("an unknown amount")
    yield tr("This machine has {ram} of memory.", ram=ram)
    if entry is None:
        yield tr("No model of the catalogue fits it. A server on the network or a hosted model would work.")
        return
    needs = tr(
        "{title} fits: it needs about {need}, {size} of it to download.",
        title=entry.title,
        need=size_text(entry.memory_bytes),
        size=size_text(entry.estimated_bytes),
    )
    tight = tr("{title} is the smallest that may fit; close other programs first.", title=entry.title)
    yield tight if machine.fit(entry) is Fit.TIGHT else needs
    if entry.note:
        yield entry.note
    yield f"desktop-helper models download {entry.id} --use"


def ready(model: InstalledModel, profile: str) -> Iterator[str]:
    """After a download, or when a file has been added."""
    yield one_line(tr("“{title}” is ready: {path}", title=model.title, path=model.gguf))
    if doubt := condition(model).doubt:
        yield one_line(tr("Take care: {warning}", warning=doubt))
    if model.mmproj is None:
        yield tr("It has no mmproj file, so it cannot see pictures; if there is one, name it with --mmproj.")
    if profile:
        yield tr("It answers from now on.")
    else:
        sight = f' --mmproj "{model.mmproj}"' if model.mmproj else ""
        yield one_line(f'desktop-helper ask --gguf "{model.gguf}"{sight} …')


def one_line_of(words: Sequence[str]) -> str:
    """`words` in one harmless line, keeping the spaces that align them."""
    return "  ".join(
        " " * (len(word) - len(word.lstrip())) + one_line(word) + " " * (len(word) - len(word.rstrip()))
        for word in words
    ).rstrip()


def _remarks(model: InstalledModel, settings: Settings) -> Iterator[str]:
    yield model.title
    if model.mmproj is None:
        yield tr("cannot see pictures")
    state = condition(model)
    if model.missing:
        yield tr("missing: {names}", names=", ".join(str(path) for path in model.missing))
    elif state.fault is not None:
        yield tr("cannot be used: {problem}", problem=state.fault.message)
    elif state.doubt:
        yield tr("take care: {warning}", warning=state.doubt)
    if answers(model, settings):
        yield tr("answers now")


def answers(model: InstalledModel, settings: Settings) -> bool:
    """Whether it is chosen."""
    profile = profile_of(settings, model)
    return bool(profile) and profile == settings.active_profile
