"""Child processes that never outlive this one."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _in_child():
    # A process group of its own: Ctrl-C reaches this program, which then ends the child in order. Not a session of its own:
    # the kernel shares processors out by session (autogroup), and the threads of server and generator would not be compared
    # one by one. And should this program be killed outright, the kernel tells the child.
    os.setpgid(0, 0)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(command, **options) -> subprocess.Popen:
    return subprocess.Popen([str(part) for part in command], preexec_fn=_in_child, **options)


def end(process: subprocess.Popen, number=signal.SIGTERM, seconds=30) -> int:
    """Asks it to end; kills it when it does not."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f"process {process.pid} did not end within {seconds} s and was killed", file=sys.stderr)
            process.kill()
            process.wait()
    return process.returncode


@contextmanager
def running(command, **options):
    process = spawn(command, **options)
    try:
        yield process
    finally:
        end(process, seconds=10)


def output_of(command, seconds=3600, **options) -> subprocess.CompletedProcess:
    """Runs a command to its end."""
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                 env=options.get("env")) as process:
        out, error = process.communicate(options.get("input"), timeout=seconds)
        return subprocess.CompletedProcess(command, process.returncode, out, error)


def measured(command, env=None):
    """Wall seconds, CPU seconds, peak MiB and standard output of a command that must succeed."""
    started = time.monotonic()
    process = spawn(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    try:
        with process.stdout:
            out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        end(process)
    return (time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out, process.returncode)


def cpu_seconds(pid: int) -> float:
    """Of the threads that there are, to the nanosecond: /proc/PID/stat counts in hundredths of a second."""
    taken = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            taken += int((thread / "schedstat").read_text(encoding="utf-8").split()[0])
        except FileNotFoundError:
            pass  # it has just ended
    return taken / 1e9


def wait_until_idle(pid: int, seconds=600) -> float:
    """Until it takes next to no processor time; the seconds that it took."""
    began, before = time.monotonic(), cpu_seconds(pid)
    while True:
        time.sleep(1)
        now = cpu_seconds(pid)
        if now - before < 0.05 or time.monotonic() > began + seconds:
            return time.monotonic() - began
        before = now


def resident_mib(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
