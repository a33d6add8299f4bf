"""Where the rig is, a scene for each test, and the seed of the run."""

import os
import pathlib
import secrets
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rig  # noqa: E402,F401: makes the integration tests' harness importable
from harness import engines  # noqa: E402
from harness.cluster import OwnEngines  # noqa: E402
from harness.server import binary  # noqa: E402
from rig.many_processes import ManyProcesses  # noqa: E402
from rig.one_process import OneProcess  # noqa: E402

# What is about files, and what is about servers: CLOUDCART_TEST_STORES chooses.
collect_ignore_glob = ["test_[!e]*.py"] if engines.on_engines() else ["test_engines*.py"]


MEASURED = pytest.StashKey[list]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="of all that is left to chance; else CLOUDCART_CRASH_SEED, else a new one")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = int(os.environ.get("CLOUDCART_CRASH_SEED") or secrets.randbelow(10**6))
    config.stash[MEASURED] = []


def pytest_report_header(config: pytest.Config) -> str:
    return f"crash tests, seed {config.option.seed} (--seed {config.option.seed} asks for the same moments)"


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for table in config.stash[MEASURED]:
        terminalreporter.write_line(table)
    terminalreporter.write_line(f"seed {config.option.seed}")


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        return
    try:
        binary()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def seed(request) -> int:
    return request.config.option.seed


@pytest.fixture(scope="session")
def show(request):
    """Takes a text that is shown at the end of the run."""
    return request.config.stash[MEASURED].append


@pytest.fixture
def make_scene(tmp_path):
    """Scenes of the test's own; what still runs at its end is killed."""
    made = []

    def make(name: str = "scene", **options) -> OneProcess:
        made.append(OneProcess(tmp_path / name, **options))
        return made[-1]

    yield make
    for scene in made:
        scene.__exit__(None, None, None)


@pytest.fixture(scope="session")
def own_engines(tmp_path_factory):
    """Servers of the run's own, to be killed."""
    own = OwnEngines(tmp_path_factory.mktemp("engines"))
    own.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLOUDCART_TEST_ENGINES", str(own.folder / "addresses.env"))
            yield own
    finally:
        own.stop()


@pytest.fixture(scope="module")
def make_processes(own_engines, tmp_path_factory):
    """Platforms of several processes, one after the other: each ends those before it."""
    made = []

    def end() -> None:
        while made:
            made.pop().__exit__(None, None, None)

    def make(seed: object, **options) -> ManyProcesses:
        end()
        made.append(ManyProcesses(tmp_path_factory.mktemp("processes"), seed, own_engines, **options))
        return made[-1]

    yield make
    end()


@pytest.fixture
def shop(make_scene) -> OneProcess:
    """A furnished shop that runs on an operating system that can be made to fail."""
    scene = make_scene(faulty=True)
    scene.start()
    scene.furnish()
    return scene
