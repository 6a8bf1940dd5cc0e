"""A disk that loses its power: what a recorded log of writes may have left behind.

Certain is only what was synced. Of everything since, each block of a file stopped at a moment of its own, early or
late, whatever the order of the writes; the last write that reached it may be torn; the length of the file stopped at
yet another moment; and the directory lost its latest changes. Bytes that nobody wrote stay as they are: SQLite relies
on that (`SQLITE_POWERSAFE_OVERWRITE`), and so do we.
"""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

from tests.support.recording import Create, Delete, Sync, Truncate, Write

BLOCKS = 512, 4096
"""What disks write at once, in bytes."""

LUCK = 0.0, 0.1, 0.5, 0.9, 0.99, 1.0
"""Shares of the blocks that arrived whole."""

TORN = 0.1
"""Share of the other blocks that stopped within a write."""


class Disk:
    """Feed it the log in order with `happens`; `cut` says what is there if the power fails now."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self._certain = {number: bytearray(content) for number, content in enumerate(before.values())}
        self._pending: dict[int, list[Write | Truncate]] = defaultdict(list)
        self._names = {name: number for number, name in enumerate(before)}
        self._pending_names: list[Create | Delete] = []

    def happens(self, event: Any) -> None:
        match event:
            case Write() | Truncate():
                self._pending[event.file].append(event)
            case Sync():
                self._sync(event.file)
            case Create():
                self._certain[event.file] = bytearray()
                self._pending_names.append(event)
            case Delete():
                self._pending_names.append(event)
                if event.synced:
                    self._sync_names()

    def cut(self, random: Random) -> dict[str, bytes]:
        """The files of one possible disk, by name."""
        arrived = random.choice((0, len(self._pending_names), random.randint(0, len(self._pending_names))))
        names = _renamed(self._names, self._pending_names[:arrived])
        return {name: self._remains(number, random) for name, number in names.items()}

    def _sync(self, file: int) -> None:
        content = self._certain[file]
        for change in self._pending.pop(file, ()):
            if isinstance(change, Truncate):
                _resize(content, change.size)
            else:
                _put(content, change.offset, change.data)
        # The first sync of a journal or log that SQLite has made also syncs its directory (unixSync).
        if any(isinstance(each, Create) and each.file == file for each in self._pending_names):
            self._sync_names()

    def _sync_names(self) -> None:
        self._names = _renamed(self._names, self._pending_names)
        self._pending_names.clear()

    def _remains(self, file: int, random: Random) -> bytes:
        certain, pending = self._certain[file], self._pending.get(file, [])
        if not pending:
            return bytes(certain)
        content, luck = bytearray(certain), random.choice(LUCK)
        for pieces in _by_block(pending, random.choice(BLOCKS)).values():
            if random.random() >= luck:
                del pieces[random.randrange(len(pieces)) :]
                if pieces and random.random() < TORN:
                    offset, data = pieces.pop()
                    pieces.append((offset, data[: random.randrange(len(data) + 1)]))
            for offset, data in pieces:
                _put(content, offset, data)
        _resize(content, _length(len(certain), pending, luck, random))
        return bytes(content)


def _by_block(changes: Iterable[Write | Truncate], size: int) -> dict[int, list[tuple[int, bytes]]]:
    """The parts of all writes by the block they fall in, in their order."""
    blocks: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for change in changes:
        if isinstance(change, Write):
            start, end = change.offset, change.offset + len(change.data)
            for block in range(start // size, (end - 1) // size + 1):
                first, last = max(start, block * size), min(end, (block + 1) * size)
                blocks[block].append((first, change.data[first - start : last - start]))
    return blocks


def _length(length: int, changes: list[Write | Truncate], luck: float, random: Random) -> int:
    """How long the file is, if its length stopped at some moment."""
    arrived = len(changes) if random.random() < luck else random.randint(0, len(changes))
    for change in changes[:arrived]:
        is_write = isinstance(change, Write)
        length = max(length, change.offset + len(change.data)) if is_write else change.size
    return length


def _renamed(names: dict[str, int], changes: Iterable[Create | Delete]) -> dict[str, int]:
    names = dict(names)
    for change in changes:
        if isinstance(change, Create):
            names[change.name] = change.file
        else:
            names.pop(change.name, None)
    return names


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        _resize(content, offset)
    content[offset : offset + len(data)] = data


def _resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
