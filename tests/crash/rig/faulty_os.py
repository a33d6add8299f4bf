"""Compiles `faulty_os.c` and holds the controls of one operating system that fails on demand."""

import atexit
import functools
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
from typing import Optional

SOURCE = pathlib.Path(__file__).with_name("faulty_os.c")
# struct control of faulty_os.c: 64-bit integers in this order, then two texts.
FIELDS = (
    "sync_lies", "sync_fail_in", "sync_delay_us", "space_left", "clock_offset_ns", "syncs", "syncs_failed",
    "syncs_after_failure", "writes_refused", "failed_inode",
)
FAILING_AT, FAILING_LENGTH = 8 * len(FIELDS), 64
FAILED_PATH_AT, FAILED_PATH_LENGTH = FAILING_AT + FAILING_LENGTH, 256
DAY_NS = 24 * 3600 * 10**9


@functools.lru_cache(maxsize=None)
def library() -> pathlib.Path:
    """The compiled shim, made once in each run of Python."""
    compiler = shutil.which("clang-19") or shutil.which("cc")
    assert compiler, "there is no C compiler (clang-19 or cc) to make the faulty operating system with"
    folder = tempfile.mkdtemp(prefix="cloudcart-faulty-os-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = pathlib.Path(folder) / "faulty_os.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(target), str(SOURCE), "-ldl",
         "-pthread"],
        check=True, timeout=120,
    )
    return target


class FaultyOs:
    """One process' world. Its controls may be turned while the process runs."""

    def __init__(self, data_dir: pathlib.Path, tells: bool = False):
        """`tells`: keep the log that a power cut needs; then nothing is synced for real."""
        self.data_dir = pathlib.Path(os.path.realpath(data_dir))
        self._place = self.data_dir.parent / f"{self.data_dir.name}.control"
        self.log: Optional[pathlib.Path] = self.data_dir.parent / f"{self.data_dir.name}.changes" if tells else None
        self._place.write_bytes(bytes(4096))
        with open(self._place, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 4096)
        self.reset()

    def reset(self) -> None:
        """Everything works, nothing is counted, the log is empty. For before a start."""
        self._map[:] = bytes(4096)
        self.set(space_left=-1)
        if self.log:
            self.log.write_bytes(b"")

    @property
    def environment(self) -> dict:
        return {
            "LD_PRELOAD": str(library()), "FAULTY_DIR": str(self.data_dir), "FAULTY_CONTROL": str(self._place),
            **({"FAULTY_LOG": str(self.log)} if self.log else {}),
        }

    def set(self, **values: int) -> None:
        for name, value in values.items():
            struct.pack_into("<q", self._map, 8 * FIELDS.index(name), value)

    def get(self, name: str) -> int:
        return struct.unpack_from("<q", self._map, 8 * FIELDS.index(name))[0]

    def fail_sync(self, of: str = "", after: int = 1) -> None:
        """The `after`-th sync from now of a file whose path ends with `of` fails, once."""
        text = of.encode()
        assert len(text) < FAILING_LENGTH
        self._map[FAILING_AT : FAILING_AT + FAILING_LENGTH] = text.ljust(FAILING_LENGTH, b"\0")
        self.set(sync_fail_in=after)

    @property
    def failed_path(self) -> str:
        return self._map[FAILED_PATH_AT : FAILED_PATH_AT + FAILED_PATH_LENGTH].split(b"\0", 1)[0].decode()
