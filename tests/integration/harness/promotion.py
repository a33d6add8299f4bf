"""Moving an embedded shop to engines, by the real command."""

import hashlib
import json
import pathlib
import shutil
import subprocess

from . import engines
from .server import binary, environment, run

SECRET_FILE = "jwt.secret"


class Target:
    """A folder whose settings name schemas of its own."""

    def __init__(self, folder: pathlib.Path):
        self.data_dir = folder
        folder.mkdir(parents=True)
        self.settings = engines.settings(folder)
        self.prefix = self.settings["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        self.config = folder / "cluster.toml"
        self.config.write_text(
            f'[postgres]\nurl = "{self.settings["CLOUDCART_POSTGRES_URL"]}"\nschema_prefix = "{self.prefix}"\n',
            encoding="utf-8",
        )

    def command(self, source: pathlib.Path, *more: str) -> list:
        return ["promote", "--from", source, "--config", self.config, *more]

    def promote(self, source: pathlib.Path, *more: str) -> subprocess.CompletedProcess:
        return run(*self.command(source, *more), seconds=120)

    def start(self, source: pathlib.Path) -> subprocess.Popen:
        return subprocess.Popen(
            [str(binary()), *map(str, self.command(source, "--json"))], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )

    def report(self, source: pathlib.Path) -> dict:
        """Of a promotion that must succeed."""
        done = self.promote(source, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout)
        assert report["equal"]
        return report

    def take(self, source: pathlib.Path, *names: str) -> None:
        """What is carried along by hand."""
        for name in names:
            shutil.copy2(source / name, self.data_dir / name)

    def sql(self, text: str) -> str:
        return engines.psql(text.replace("{prefix}", self.prefix))

    def drop(self) -> None:
        for store in ("user", "product", "order", "analytics", "recommendation", "promotion"):
            self.sql(f"SET client_min_messages = error; DROP SCHEMA IF EXISTS {{prefix}}_{store} CASCADE")


def contents(folder: pathlib.Path) -> dict:
    """What each file of a shop holds."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.db"))}


def sums(report: dict) -> list:
    return [(table["table"], table["target"]) for table in report["tables"]] + [report["ledger"]["target"]]
