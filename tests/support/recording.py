"""What SQLite asks of the disk, written down: the file system layer (VFS) of the very SQLite that ships, listened to.

pysqlite3's library exports SQLite's own functions, so that a VFS can be registered in it from here. Ours is a copy of
the usual one: each file is opened, locked and read as always; only writes, truncations, syncs and deletions pass
through this module. Nothing of the application knows about it. The -shm file is mapped memory, not written through
the VFS: it does not survive a power cut and is made anew.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pysqlite3._sqlite3


@dataclass(frozen=True)
class Write:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    file: int
    size: int


@dataclass(frozen=True)
class Sync:
    file: int


@dataclass(frozen=True)
class Create:
    name: str
    file: int


@dataclass(frozen=True)
class Delete:
    """`synced`: the directory is on disk without the name before the call returns."""

    name: str
    synced: bool


class Recording:
    """The log of one folder: what was in it at the beginning, by name, and what happened since.

    Others may append to `log` too, say the moment of a receipt. A file keeps its number for as long as it lives.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        self.log: list[Any] = []
        self._numbers = {name: number for number, name in enumerate(self.before)}
        self._created = len(self.before)

    def opened(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = self._created
            self.log.append(Create(name, self._created))
            self._created += 1
        return self._numbers[name]

    def deleted(self, name: str, synced: bool) -> None:
        self._numbers.pop(name, None)
        self.log.append(Delete(name, synced))


@contextmanager
def recording(folder: Path) -> Iterator[Recording]:
    """Write down what every connection that is opened meanwhile does to the files of this folder."""
    listener = _listener()
    listener.recording = Recording(folder.resolve())
    listener.library.sqlite3_vfs_register(ctypes.byref(listener.vfs), 1)
    try:
        yield listener.recording
    finally:
        listener.library.sqlite3_vfs_unregister(ctypes.byref(listener.vfs))


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("version", "size_of_file", "longest_path")),
        *((name, ctypes.c_void_p) for name in ("next", "name", "data", "open", "delete")),
        ("rest", ctypes.c_void_p * 14),
    ]


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("close", "read", "write", "truncate", "sync")),
        ("rest", ctypes.c_void_p * 13),
    ]


class _File(ctypes.Structure):
    """`sqlite3_file`: what stands first in every open file."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Listener:
    """Stands between SQLite and its usual VFS. Made once and kept: files may outlive the recording they began in."""

    def __init__(self) -> None:
        self.recording: Recording
        self.library = ctypes.CDLL(pysqlite3._sqlite3.__file__)
        self.library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        usual = self.library.sqlite3_vfs_find(None)
        self._usual, self._usual_open, self._usual_delete = usual, _OPEN(usual[0].open), _DELETE(usual[0].delete)
        self._files: dict[int, tuple[Recording, int]] = {}
        self._methods: dict[int, _Methods] = {}
        self._callbacks: list[Any] = []
        self.vfs = _Vfs.from_buffer_copy(usual[0])
        self._name = ctypes.create_string_buffer(b"recording")
        self.vfs.name = ctypes.addressof(self._name)
        self.vfs.open = self._callback(_OPEN, self._open)
        self.vfs.delete = self._callback(_DELETE, self._delete)

    def _callback(self, kind: Any, function: Callable[..., int]) -> int | None:
        self._callbacks.append(kind(function))
        return ctypes.cast(self._callbacks[-1], ctypes.c_void_p).value

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        code = self._usual_open(ctypes.addressof(self._usual[0]), name, file, flags, out)
        path = Path(ctypes.string_at(name).decode()) if name else None
        if code == 0 and path and path.parent == self.recording.folder:
            self._files[file] = (self.recording, self.recording.opened(path.name))
            opened = _File.from_address(file)
            opened.methods = ctypes.pointer(self._listening(opened.methods))
        return code

    def _delete(self, _vfs: int, name: bytes, synced: int) -> int:
        code = self._usual_delete(ctypes.addressof(self._usual[0]), name, synced)
        path = Path(name.decode())
        if code == 0 and path.parent == self.recording.folder:
            self.recording.deleted(path.name, bool(synced))
        return code

    def _listening(self, usual: Any) -> _Methods:
        """The methods of an open file, three of them through us."""
        address = ctypes.addressof(usual[0])
        if address not in self._methods:
            methods = _Methods.from_buffer_copy(usual[0])
            write, truncate, sync = _WRITE(methods.write), _TRUNCATE(methods.truncate), _SYNC(methods.sync)

            def on_write(file: int, data: int, amount: int, offset: int) -> int:
                return self._note(
                    file, write(file, data, amount, offset), Write, offset, ctypes.string_at(data, amount)
                )

            def on_truncate(file: int, size: int) -> int:
                return self._note(file, truncate(file, size), Truncate, size)

            def on_sync(file: int, flags: int) -> int:
                return self._note(file, sync(file, flags), Sync)

            methods.write = self._callback(_WRITE, on_write)
            methods.truncate = self._callback(_TRUNCATE, on_truncate)
            methods.sync = self._callback(_SYNC, on_sync)
            self._methods[address] = methods
        return self._methods[address]

    def _note(self, file: int, code: int, what: Callable[..., Any], *facts: Any) -> int:
        if code == 0:
            recording, number = self._files[file]
            recording.log.append(what(number, *facts))
        return code


@cache
def _listener() -> _Listener:
    return _Listener()
