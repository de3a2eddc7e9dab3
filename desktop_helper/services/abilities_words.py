"""What was found out about a server, in sentences that the window and the command line share."""

from __future__ import annotations

import time
from collections.abc import Iterator

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.known_servers import Abilities, Known
from desktop_helper.core.protocols import ModelProfile


def answers(profile: ModelProfile, abilities: Abilities) -> str:
    """That it answers, and how soon."""
    milliseconds = round(abilities.first_s * 1000)
    return tr("{model} at {host} answers ({ms} ms).", model=profile.title, host=profile.host, ms=milliseconds)


def can_do(known: Known) -> str:
    """What else is known, on one line; empty if nothing is."""
    return sentences(*_abilities(known.abilities), *_refused(known))


def last_test(known: Known) -> str:
    """The same of an earlier day, with the date."""
    if known.abilities is None:
        return sentences(*_refused(known))
    day = time.strftime("%Y-%m-%d", time.localtime(known.abilities.tested))
    return sentences(tr("Tested on {day}:", day=day), can_do(known))


def _abilities(found: Abilities | None) -> Iterator[str]:
    if found is None:
        return
    if found.pictures is not None:
        if not found.pictures:
            yield tr("It takes no pictures.")
        else:
            yield tr("It sees pictures.") if found.sees else tr("It takes pictures.")
    if not found.thinks:
        yield tr("It answers without thinking.")
    elif found.can_skip_thinking is not None:
        yield (
            tr("It thinks first, or answers at once if you want that.")
            if found.can_skip_thinking
            else tr("It always thinks first.")
        )
    if found.tools is not None:
        yield tr("It takes tools.") if found.tools else tr("It takes no tools.")


def _refused(known: Known) -> Iterator[str]:
    if known.refused:
        yield tr("Left out, since the server refuses it: {names}.", names=", ".join(known.refused))
