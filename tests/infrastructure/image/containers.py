"""Containers of the image without rights: no root, nothing to write to but the data folder and /tmp, no capabilities, none to be gained.

Docker does that by its options. buildah has no such options for `run`, so there the same is done to its mounted container by
the kernel's means that Docker uses too: a mount namespace in which the root is read-only, another user, no_new_privs."""

import json
import os
import pathlib
import secrets
import shlex
import shutil
import subprocess
import tempfile
from typing import Optional

IMAGE = os.environ.get("CLOUDCART_IMAGE", "")
DATA = "/var/lib/cloudcart"
USER = 10001


def told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.strip()


def image_settings() -> dict:
    """What the image says of itself."""
    if os.environ["CLOUDCART_IMAGE_ENGINE"] == "docker":
        return json.loads(told("docker", "image", "inspect", IMAGE))[0]["Config"]
    return json.loads(told("buildah", "inspect", "--type", "image", IMAGE))["Docker"]["config"]


class Docker:
    def __init__(self):
        self._volume = told("docker", "volume", "create")
        self._names: list = []

    def command(self, words: list, env: dict, name: str) -> list:
        self._names.append(name)
        return ["docker", "run", "--rm", "--name", name, "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
                "--security-opt", "no-new-privileges", "--network", "host", "--volume", f"{self._volume}:{DATA}",
                *(word for key, value in env.items() for word in ("--env", f"{key}={value}")),
                "--entrypoint", words[0], IMAGE, *words[1:]]

    def terminate(self, process: subprocess.Popen, name: str) -> None:
        told("docker", "kill", "--signal", "TERM", name)

    def remove(self) -> None:
        for name in self._names:
            subprocess.run(["docker", "rm", "--force", name], capture_output=True, timeout=60)
        told("docker", "volume", "rm", self._volume)


class Buildah:
    def __init__(self):
        self._container = told("buildah", "from", IMAGE)
        self._root = told("buildah", "mount", self._container)
        self._settings = image_settings()
        # As a new volume it begins as what the image has there.
        self._data = pathlib.Path(tempfile.mkdtemp())
        there = os.stat(self._root + DATA)
        os.chown(self._data, there.st_uid, there.st_gid)
        os.chmod(self._data, there.st_mode & 0o7777)

    def command(self, words: list, env: dict, name: str) -> list:
        root, user = shlex.quote(self._root), self._settings["User"]
        declared = dict(entry.split("=", 1) for entry in self._settings["Env"])
        variables = shlex.join(f"{key}={value}" for key, value in {**declared, **env}.items())
        return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", f"""
            mount --bind {root} {root}
            mount -t proc proc {root}/proc
            mount -t tmpfs tmpfs {root}/tmp
            mount --bind {shlex.quote(str(self._data))} {root}{DATA}
            mount -o remount,bind,ro {root}
            exec setpriv --no-new-privs chroot --userspec={user} --groups= {root} \
                env -i {variables} {shlex.join(words)}"""]

    def terminate(self, process: subprocess.Popen, name: str) -> None:
        process.terminate()  # Each command was replaced by the next, to the program itself.

    def remove(self) -> None:
        told("buildah", "rm", self._container)
        shutil.rmtree(self._data)


class Containers:
    """Of one image, with a volume that they share one after the other."""

    def __init__(self):
        self._engine = Docker() if os.environ["CLOUDCART_IMAGE_ENGINE"] == "docker" else Buildah()

    def run(self, *words: str, env: Optional[dict] = None) -> subprocess.CompletedProcess:
        """A command in place of the program, to its end."""
        command = self._engine.command(list(words), env or {}, self._name())
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def start(self, log: pathlib.Path, env: dict) -> "Running":
        """The program as the image starts it."""
        settings, name = image_settings(), self._name()
        command = self._engine.command([*settings["Entrypoint"], *settings["Cmd"]], env, name)
        with open(log, "ab") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        return Running(process, lambda: self._engine.terminate(process, name))

    def remove(self) -> None:
        self._engine.remove()

    @staticmethod
    def _name() -> str:
        return f"cloudcart-test-{secrets.token_hex(4)}"


class Running:
    def __init__(self, process: subprocess.Popen, terminate):
        self.process = process
        self._terminate = terminate

    def stop(self, seconds: float) -> int:
        """The exit code after SIGTERM, or an error when it has not ended by then."""
        self._terminate()
        return self.process.wait(seconds)
