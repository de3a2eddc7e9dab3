"""`desktop-helper serve --scenario NAME`: a model server in a known mood, to see what the app makes of it."""

from __future__ import annotations

import sys

from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.i18n import tr
from desktop_helper.core.scenarios import reading
from desktop_helper.services.scenario_server import ScenarioServer

LIST = "list"
_LONG_S = 3600.0


def play(name: str, port: int) -> int:
    """Play it until somebody ends it; `list` prints the names instead. Raises `HelperError`."""
    if name == LIST:
        print("\n".join(f"{known:<26} {reading.scenario(known).about}" for known in reading.names()))
        print(f"\n{tr('Each can be played in the accent of {dialects}.', dialects=', '.join(reading.dialects()))}")
        return 0
    cancel = CancelToken()
    with stopped_by_signals(cancel), _listening(name, port) as server:
        scenario = server.scenario
        print(f"URL: {server.base_url}", f"Model: {scenario.model}", f"Provider: {scenario.provider}", sep="\n")
        for variable, value in server.environment.items():
            print(f"Environment: {variable}={value}")
        sys.stdout.flush()
        print(f"{scenario.name}: {scenario.about}", file=sys.stderr)
        print(tr("Ctrl+C ends it."), file=sys.stderr, flush=True)
        while not cancel.wait(_LONG_S):
            continue
    return 0


def _listening(name: str, port: int) -> ScenarioServer:
    try:
        return ScenarioServer(reading.scenario(name), port)
    except OSError as error:
        from desktop_helper.services.openai_server.server import not_bound

        raise not_bound(port, error) from None
