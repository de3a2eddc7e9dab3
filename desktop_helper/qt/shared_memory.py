"""A System V shared memory segment, which is what X's MIT-SHM extension takes (without passing file descriptors)."""

from __future__ import annotations

import ctypes
import os

_IPC_PRIVATE, _IPC_CREAT, _IPC_RMID = 0, 0o1000, 0
_OWNER_ONLY = 0o600


class SharedMemory:
    """`size` bytes that another process of this machine can attach by `shmid`. Raises OSError.

    The segment disappears with the last process that holds it, even if we are killed, once `unlink` was called.
    """

    def __init__(self, size: int) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.shmat.restype = ctypes.c_void_p
        self._libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
        self._libc.shmdt.argtypes = [ctypes.c_void_p]
        self._libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
        self.shmid = self._libc.shmget(_IPC_PRIVATE, size, _IPC_CREAT | _OWNER_ONLY)
        if self.shmid < 0:
            raise _error("shmget")
        address = self._libc.shmat(self.shmid, None, 0)
        if address is None or address == ctypes.c_void_p(-1).value:
            error = _error("shmat")
            self.unlink()
            raise error
        self._address: int | None = address
        self._bytes = (ctypes.c_ubyte * size).from_address(address)

    def view(self, size: int) -> memoryview:
        """The first `size` bytes, not copied. Must not be used after `close`."""
        return memoryview(self._bytes).cast("B")[:size]

    def unlink(self) -> None:
        """Nobody else can attach any more; who has, keeps it."""
        self._libc.shmctl(self.shmid, _IPC_RMID, None)

    def close(self) -> None:
        """Give the memory back."""
        address, self._address = self._address, None
        if address is not None:
            self._libc.shmdt(address)


def _error(call: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{call}: {os.strerror(number)}")
