"""What a disk holds after a power cut.

The faulty operating system tells every change of the data folder and every sync. From them and from what the folder held
before, this says what was certainly on disk and what was only on its way, and makes a folder as a power cut may leave
it: everything that was synced, and of the rest an arbitrary part: torn, out of order, or nothing.

The rules are those of POSIX, which promise less than most file systems give: a sync of a file covers its content and
length; its name is covered by a sync of the folder. Names that were not synced come back as they were at some moment
since (file systems log them in order). Shared memory of SQLite (`-shm`) is never synced and comes back as noise.
"""

import os
import pathlib
import random
import shutil
import struct
from typing import Dict, List, Optional, Tuple

CREATE, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, SYNC_FAILED, RENAME, UNLINK, LINK = range(1, 10)
HEAD = struct.Struct("<IIQQQ")
MAGIC = 0x50414E49
SECTOR = 512


class _File:
    """Content on disk, and changes on their way to it, in order: (number, offset, bytes) or (number, length, None)."""

    def __init__(self, content: bytes = b""):
        self.durable = bytearray(content)
        self.pending: List[Tuple[int, int, Optional[bytes]]] = []

    def settle(self, before: int) -> None:
        count = 0
        for number, place, data in self.pending:
            if number >= before:
                break
            _apply(self.durable, place, data)
            count += 1
        del self.pending[:count]

    def forget(self, before: int) -> None:
        """A failed sync: the kernel has dropped what it could not write."""
        self.pending = [change for change in self.pending if change[0] >= before]


def _apply(content: bytearray, place: int, data: Optional[bytes]) -> None:
    if data is None:
        del content[place:]
        content.extend(bytes(place - len(content)))
        return
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place : place + len(data)] = data


class Disk:
    def __init__(self, folder: pathlib.Path, empty: bool = False):
        """Takes what the folder holds now as durable, to be made while nobody writes there; `empty`: held nothing."""
        self.folder = pathlib.Path(os.path.realpath(folder))
        self._files: Dict[int, _File] = {}  # by inode
        self._durable_names: Dict[str, _File] = {}
        self._pending_names: List[Tuple[int, Tuple[str, ...], Dict[str, Optional[_File]]]] = []
        for path in [] if empty else self._real_files():
            file = _File(path.read_bytes())
            self._files[path.stat().st_ino] = file
            self._durable_names[str(path)] = file
        self._names = dict(self._durable_names)
        self._begun: Dict[int, Tuple[int, int]] = {}
        self._folders: Dict[int, str] = {}
        self.changes = 0

    def _real_files(self) -> List[pathlib.Path]:
        if not self.folder.exists():
            return []
        return [path for path in sorted(self.folder.rglob("*")) if path.is_file() and not path.is_symlink()]

    def replay(self, log: pathlib.Path, stop_after: Optional[int] = None) -> int:
        """Reads the log to its end, or only so many changes of it. A cut last record was never finished."""
        self._note_folders()
        content = log.read_bytes()
        at = 0
        while at + HEAD.size <= len(content) and (stop_after is None or self.changes < stop_after):
            magic, kind, inode, offset, length = HEAD.unpack_from(content, at)
            assert magic == MAGIC, f"the log of changes is broken at {at}"
            has_data = kind in (CREATE, WRITE, RENAME, UNLINK, LINK)
            end = at + HEAD.size + (length if has_data else 0)
            if end > len(content):
                break
            self._step(kind, inode, offset, content[at + HEAD.size : end])
            at = end
            self.changes += 1
        return self.changes

    def _note_folders(self) -> None:
        if self.folder.exists():
            for path in [self.folder, *self.folder.rglob("*")]:
                if path.is_dir():
                    self._folders[path.stat().st_ino] = str(path)

    def _step(self, kind: int, inode: int, offset: int, data: bytes) -> None:
        number = self.changes
        if kind == CREATE:
            self._files[inode] = _File()
            self._rename({data.decode(): self._files[inode]})
        elif kind == WRITE:
            self._file(inode).pending.append((number, offset, data))
        elif kind == TRUNCATE:
            self._file(inode).pending.append((number, offset, None))
        elif kind == SYNC_BEGIN:
            self._begun[offset] = (inode, number)
        elif kind == SYNC_END:
            self._synced(*self._begun.pop(offset))
        elif kind == SYNC_FAILED:
            inode, before = self._begun.pop(offset)
            if inode not in self._folders:
                self._file(inode).forget(before)
        elif kind in (RENAME, LINK):
            source, target = data.decode().split("\0")
            file = self._names.get(source)
            assert file is not None, f"{source} is renamed or linked, but nobody told of it before"
            self._rename({target: file, **({source: None} if kind == RENAME else {})})
        elif kind == UNLINK:
            self._rename({data.decode().rstrip("\0"): None})

    def _file(self, inode: int) -> _File:
        # A file that was opened by ways the shim does not see shows when the model is held against the folder.
        return self._files.setdefault(inode, _File())

    def _rename(self, entries: Dict[str, Optional[_File]]) -> None:
        folders = tuple({os.path.dirname(path) for path in entries})
        self._pending_names.append((self.changes, folders, entries))
        _enter(self._names, entries)

    def _synced(self, inode: int, before: int) -> None:
        folder = self._folders.get(inode)
        if folder is None:
            self._file(inode).settle(before)
            return
        # Logged in order: with the last change of this folder everything before it is on disk too.
        covered = [n for n, folders, _ in self._pending_names if n < before and folder in folders]
        last = max(covered, default=-1)
        while self._pending_names and self._pending_names[0][0] <= last:
            _enter(self._durable_names, self._pending_names.pop(0)[2])

    def as_seen(self) -> Dict[str, bytes]:
        """The files as every process sees them while the power is on, `-shm` left out."""
        return {path: bytes(_with(file, file.pending)) for path, file in self._names.items() if not is_shared_memory(path)}

    def as_real(self) -> Dict[str, bytes]:
        """What the real folder holds; the same as `as_seen` when the model misses nothing and the process has ended."""
        return {str(path): path.read_bytes() for path in self._real_files() if not is_shared_memory(str(path))}

    def cut(self, rng: random.Random) -> Dict[str, bytes]:
        """The files as a power cut now may leave them."""
        names = dict(self._durable_names)
        for _, _, entries in self._pending_names[: rng.randint(0, len(self._pending_names))]:
            _enter(names, entries)
        left = {}
        for path, file in names.items():
            if is_shared_memory(path):
                left[path] = rng.randbytes(rng.choice([0, 3, 32768]))
            else:
                left[path] = bytes(_with(file, _surviving(file.pending, rng)))
        return left

    def restore(self, files: Dict[str, bytes], target: Optional[pathlib.Path] = None) -> None:
        """Makes the folder (or `target` in its place) hold exactly these files."""
        target = target or self.folder
        modes = {str(path): path.stat().st_mode & 0o777 for path in self._real_files()}
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(parents=True)
        for path, content in files.items():
            place = target / os.path.relpath(path, self.folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod(modes.get(path, 0o600))


def is_shared_memory(path: str) -> bool:
    return path.endswith("-shm")


def _enter(names: Dict[str, _File], entries: Dict[str, Optional[_File]]) -> None:
    for path, file in entries.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _with(file: _File, changes: list) -> bytearray:
    content = bytearray(file.durable)
    for _, place, data in changes:
        _apply(content, place, data)
    return content


def _surviving(pending: list, rng: random.Random) -> list:
    """A part of the changes: none, all, the first ones, or any sectors of any of them."""
    how = rng.choice(["none", "all", "first", "some", "torn"])
    if how == "none":
        return []
    if how == "all":
        return pending
    if how == "first":
        return pending[: rng.randint(0, len(pending))]
    share = rng.random()
    if how == "some":
        return [change for change in pending if rng.random() < share]
    kept = []
    for number, place, data in pending:
        if data is None:
            if rng.random() < share:
                kept.append((number, place, data))
            continue
        at = place
        while at < place + len(data):
            end = min((at // SECTOR + 1) * SECTOR, place + len(data))
            if rng.random() < share:
                kept.append((number, at, data[at - place : end - place]))
            at = end
    return kept
