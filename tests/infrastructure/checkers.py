"""The tools that read what the program is deployed with, and what they are to read."""

import functools
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def checker(name):
    """The path of one of scripts/checkers, which has fetched it."""
    found = subprocess.run([ROOT / "scripts/checkers", "where", name], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    path = Path(found.stdout.strip())
    assert path.exists(), f"{path} is not there; ./scripts/checkers fetches it"
    return path


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)


def run_package(program, *arguments):
    """cfn-lint or kubernetes-validate, by Debian's Python and in a process of its own: what they need is newer than Debian's."""
    packages = checker("python-packages")
    return run("/usr/bin/python3", packages / "bin" / program, *arguments, env={**os.environ, "PYTHONPATH": str(packages)})


@functools.cache
def settings():
    """The settings that the program knows, as it lists them; without CLOUDCART_BIN from where the source declares them."""
    program = os.environ.get("CLOUDCART_BIN")
    if program:
        listed = run(program, "settings")
        assert listed.returncode == 0, listed.stderr
        known = set(re.findall(r"^(?:\S+\s+)?(CLOUDCART_[A-Z_0-9]+)", listed.stdout, re.M))
    else:
        source = "".join(path.read_text() for path in (ROOT / "src/app/config").glob("*_settings.cpp"))
        keys = set(re.findall(r'"((?:[a-z]+\.)[a-z_]+)"', source)) | {"data_dir", "bind", "services"}
        keys |= {f"overload.{name}" for name in re.findall(r'most\("([a-z_]+)"', source)}
        keys |= {f"upstreams.{service}" for service in ("user", "product", "order", "analytics")}
        keys |= {f"ports.{name}" for name in re.findall(r'port_setting\("([a-z]+)"', source)}
        known = {"CLOUDCART_" + key.upper().replace(".", "_") for key in keys}
    assert len(known) > 60, sorted(known)
    return known


def is_setting(variable):
    """A setting, or one whose text is in the file that the variable names."""
    return variable in settings() or variable.removesuffix("_FILE") in settings()
