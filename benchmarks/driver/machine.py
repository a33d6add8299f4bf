"""Where and with what it was measured."""

import os
import platform
import statistics
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from .program import ROOT


def fsync_p50_us(folder: Path, times=200) -> float:
    """Median microseconds of a 4 KiB write and its fsync, in a file that grows, as a log does."""
    taken = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        block = os.urandom(4096)
        for _ in range(times):
            started = time.perf_counter()
            file.write(block)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


def commit() -> str:
    """Short hash; with a + when files that are kept differ from it."""
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    # The results themselves do not change what is measured.
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def file_system(folder: Path) -> str:
    best, kind = "", "?"
    with open("/proc/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, point, name, *_ = line.split()
            if Path(folder).resolve().is_relative_to(point) and len(point) >= len(best):
                best, kind = point, name
    return kind


def describe(folder: Path, program: Path) -> dict:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / 2**20
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "commit": commit(), "cpu": model,
        "cores": os.cpu_count(), "memory_gib": round(memory), "kernel": platform.release(),
        "file_system": file_system(folder), "fsync_p50_us": round(fsync_p50_us(folder)),
        "load_average_before": round(os.getloadavg()[0], 2), "program": str(program.relative_to(ROOT) if program.is_relative_to(ROOT) else program),
        "program_mib": round(program.stat().st_size / 2**20, 1),
    }


def sentence(machine: dict) -> str:
    return (f"{machine['date']}, commit {machine['commit']}. {machine['cpu']}, {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB, Linux {machine['kernel']}, {machine['file_system']}, fsync p50 "
            f"{machine['fsync_p50_us']} us; load average before {machine['load_average_before']}; "
            f"{machine['program']} ({machine['program_mib']} MiB). Load generator on the same cores.")
