"""What there is in the user's PipeWire: whether a microphone can be heard, without opening one.

What PipeWire's headers do with inline functions, calling methods of its objects, is done here by hand: an object begins
with a `spa_interface`, which points to a table of functions (https://docs.pipewire.org/group__spa__interfaces.html).
"""

from __future__ import annotations

import threading
from ctypes import CFUNCTYPE, POINTER, Structure, addressof, c_char_p, c_int, c_size_t, c_uint32, c_void_p, sizeof
from typing import Any

from desktop_helper.capture._pipewire import Remote

WAIT_S = 2.0  # for all that there is to be told
_CORE_LISTEN, _CORE_SYNC, _CORE_REGISTRY, _REGISTRY_LISTEN = 0, 2, 5, 0  # places in the tables of functions
_CORE, _REGISTRY_VERSION = 0, 3  # the number of the connection itself; of the list's form
_CLASS = b"media.class"
_WORD = sizeof(c_void_p)


class _Callbacks(Structure):
    """`spa_callbacks`."""

    _fields_ = [("functions", c_void_p), ("data", c_void_p)]


class _Interface(Structure):
    """`spa_interface`."""

    _fields_ = [("type", c_char_p), ("version", c_uint32), ("callbacks", _Callbacks)]


class _Item(Structure):
    """`spa_dict_item`."""

    _fields_ = [("key", c_char_p), ("value", c_char_p)]


class _Dict(Structure):
    """`spa_dict`."""

    _fields_ = [("flags", c_uint32), ("count", c_uint32), ("items", POINTER(_Item))]


_Done = CFUNCTYPE(None, c_void_p, c_uint32, c_int)
_Global = CFUNCTYPE(None, c_void_p, c_uint32, c_uint32, c_char_p, c_uint32, POINTER(_Dict))
_Listen = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_void_p)
_Sync = CFUNCTYPE(c_int, c_void_p, c_uint32, c_int)
_GetRegistry = CFUNCTYPE(c_void_p, c_void_p, c_uint32, c_size_t)


class _CoreEvents(Structure):
    """`pw_core_events`, as far as version 0 goes."""

    _fields_ = [
        ("version", c_uint32),
        ("info", c_void_p),
        ("done", _Done),
        ("others", c_void_p * 6),
    ]


class _RegistryEvents(Structure):
    """`pw_registry_events`."""

    _fields_ = [("version", c_uint32), ("global_", _Global), ("global_remove", c_void_p)]


def media_classes() -> set[str]:
    """What the nodes are, e.g. `Audio/Source`. Raises `HelperError(CAPTURE)` if PipeWire does not run."""
    remote = Remote()
    try:
        listed = remote.keep(_Nodes)
        listed.done.wait(WAIT_S)
        with remote:
            return set(listed.classes)
    finally:
        remote.close()


class _Nodes:
    """The list, which PipeWire's thread fills."""

    def __init__(self, library: Any, core: int) -> None:
        self._library = library
        self.classes: set[str] = set()
        self.done = threading.Event()
        self._core_events = _CoreEvents(done=_Done(lambda *_: self.done.set()))
        self._events = _RegistryEvents(global_=_Global(self._on_global))
        self._hooks = (c_void_p * 8)(), (c_void_p * 8)()  # two spa_hooks, with room to spare
        self._registry = _call(core, _CORE_REGISTRY, _GetRegistry, _REGISTRY_VERSION, 0)
        _call(self._registry, _REGISTRY_LISTEN, _Listen, self._hooks[0], addressof(self._events), None)
        _call(core, _CORE_LISTEN, _Listen, self._hooks[1], addressof(self._core_events), None)
        _call(core, _CORE_SYNC, _Sync, _CORE, 0)  # answered after everything that was asked for before

    def destroy(self) -> None:
        """Nothing is listed any more; with the remote locked."""
        self._library.pw_proxy_destroy(self._registry)

    def _on_global(self, _data: int, _id: int, _rights: int, _type: bytes, _version: int, properties: Any) -> None:
        if properties:
            listed = properties[0]
            for item in listed.items[: listed.count]:
                if item.key == _CLASS:
                    self.classes.add((item.value or b"").decode(errors="replace"))


def _call(thing: int, place: int, kind: Any, *arguments: Any) -> Any:
    """Call a method of one of PipeWire's objects."""
    callbacks = _Interface.from_address(thing).callbacks
    functions = c_void_p * (place + 1)
    # Before the functions there is the version, which takes a place of its own.
    address = functions.from_address(callbacks.functions + _WORD)[place]
    return kind(address)(callbacks.data, *arguments)
