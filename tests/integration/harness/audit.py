"""The command that verifies audit trails."""

import json

from .server import Server, run


def verify(server: Server, *arguments: str) -> tuple:
    """The exit code, and the report or what was said instead."""
    done = run("audit", "verify", "--data-dir", str(server.data_dir), *arguments)
    return done.returncode, (json.loads(done.stdout) if done.stdout else done.stderr)


def chain(report: dict, service: str) -> dict:
    return next(one for one in report["chains"] if one["service"] == service and one["tenant"] == "main")
