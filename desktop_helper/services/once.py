"""Things that are made on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

T = TypeVar("T")


def once(make: Callable[[Any], T]) -> cached_property[T]:
    """Made on first use, and only once if two threads are first: `cached_property` alone has no lock from 3.12 on.

    The object has a lock `making`.
    """
    name = make.__name__

    @wraps(make)
    def under_lock(services: Any) -> T:
        with services.making:
            if name not in services.__dict__:
                services.__dict__[name] = make(services)
            made: T = services.__dict__[name]
            return made

    return cached_property(under_lock)
