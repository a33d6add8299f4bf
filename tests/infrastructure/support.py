"""The repository, and the checkers that scripts/ fetches once."""

import os
import pathlib
import re
import subprocess
from typing import Optional

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FIRST_TIME_SECONDS = 840


def told(*command, env: Optional[dict] = None, seconds: float = 60) -> str:
    """What a command prints; its complaint is the test's."""
    done = subprocess.run(
        list(map(str, command)), cwd=REPOSITORY, capture_output=True, text=True, timeout=seconds, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}"
    return done.stdout


def checker(script: str) -> str:
    """Where a checker is, made ready the first time."""
    return told(REPOSITORY / "scripts" / script, seconds=FIRST_TIME_SECONDS).strip()


def version() -> str:
    return re.search(r"^project\(cloudcart VERSION ([\d.]+)", (REPOSITORY / "CMakeLists.txt").read_text(), re.M).group(1)


def program(*arguments, env: Optional[dict] = None) -> subprocess.CompletedProcess:
    """A command of the program, with none of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDCART_")}
    path = os.environ.get("CLOUDCART_BIN") or REPOSITORY / "build/dev/src/app/cloudcart"
    return subprocess.run(
        [str(path), *map(str, arguments)], capture_output=True, text=True, timeout=60, env={**kept, **(env or {})}
    )


def known_variables() -> set:
    """Of all settings, as the program lists them."""
    listed = program("settings").stdout
    assert listed
    return set(re.findall(r"^\S+ +(CLOUDCART_[A-Z_]+) ", listed, re.M))
