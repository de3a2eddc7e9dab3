"""`desktop-helper history costs`: what answers of servers have taken, today and this month."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from desktop_helper.core.i18n import tr
from desktop_helper.services.spending import counts_of, money_of

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


def run(arguments: argparse.Namespace, services: Services) -> None:
    """Print the sums. Raises `HelperError(STORAGE)`."""
    sums = {"today": services.spending.today(), "month": services.spending.month()}
    if arguments.json:
        print(json.dumps({name: asdict(found) for name, found in sums.items()}, indent=2))
        return
    for title, found in ((tr("Today"), sums["today"]), (tr("This month"), sums["month"])):
        print(tr("{name}: {value}", name=title, value="; ".join(filter(None, (money_of(found), counts_of(found))))))
