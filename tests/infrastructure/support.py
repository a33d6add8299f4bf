"""The repository, its program, and the tools that read what the program is deployed with."""

import functools
import os
import re
import subprocess
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def checker(name):
    """The path of one of scripts/checkers, which has fetched it."""
    path = Path(told(ROOT / "scripts/checkers", "where", name).strip())
    assert path.exists(), f"{path} is not there; ./scripts/checkers fetches it"
    return path


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)


def told(*command, env: Optional[dict] = None) -> str:
    """What a command prints, in the repository; its complaint is the test's."""
    done = run(*command, cwd=ROOT, env={**os.environ, **(env or {})})
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}"
    return done.stdout


def run_package(program, *arguments):
    """cfn-lint or kubernetes-validate, by Debian's Python and in a process of its own: what they need is newer than Debian's."""
    packages = checker("python-packages")
    return run("/usr/bin/python3", packages / "bin" / program, *arguments, env={**os.environ, "PYTHONPATH": str(packages)})


def version() -> str:
    return re.search(r"^project\(cloudcart VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.M).group(1)


def program(*arguments, env: Optional[dict] = None) -> subprocess.CompletedProcess:
    """A command of the program, with none of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDCART_")}
    path = os.environ.get("CLOUDCART_BIN") or ROOT / "build/dev/src/app/cloudcart"
    return run(path, *arguments, env={**kept, **(env or {})})


@functools.cache
def settings() -> frozenset:
    """The environment variables of all settings, as the program lists them."""
    listed = program("settings")
    assert listed.returncode == 0, listed.stderr
    known = frozenset(re.findall(r"^\S+ +(CLOUDCART_[A-Z_]+) ", listed.stdout, re.M))
    assert len(known) > 60, sorted(known)
    return known


def is_setting(variable):
    """A setting, or one whose text is in the file that the variable names."""
    return variable in settings() or variable.removesuffix("_FILE") in settings()
