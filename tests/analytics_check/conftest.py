"""Where the check is, and the shop that is checked."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import check  # noqa: E402,F401: makes the integration tests' harness importable
from harness.server import binary  # noqa: E402


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    try:
        binary()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=2)
