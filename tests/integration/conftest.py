"""The platform that most tests share; it is started once and must stop cleanly at the end."""

import pytest

from harness import contract as contract_module
from harness import engines
from harness.contract import Contract
from harness.history import invent_history, served
from harness.processes import Processes
from harness.server import Server, binary
from harness.shop import Shop

# Several processes of a service need servers that they share, and who promotes a shop needs where to.
ON_ENGINES_ALONE = [
    "test_backup_on_engines.py",
    "test_figures_on_engines.py",
    "test_hedging.py",
    "test_clickhouse_late.py",
    "test_kafka.py",
    "test_metrics_on_engines.py",
    "test_migrate.py",
    "test_promote.py",
    "test_read_replica.py",
    "test_rolling_restart.py",
    "test_several_analytics.py",
    "test_several_processes.py",
    "test_upgrade_on_engines.py",
]
collect_ignore = [] if engines.on_engines() else ON_ENGINES_ALONE


def pytest_collection_finish(session: pytest.Session) -> None:
    """Without the program one sentence says more than a failure of every test; the contract alone can still be checked."""
    if session.config.option.collectonly or not any("shop" in item.fixturenames for item in session.items):
        return
    try:
        binary()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session", autouse=True)
def clean_engines():
    yield
    if engines.on_engines():
        engines.drop_schemas()


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contract_module.load()


@pytest.fixture(scope="session")
def shop(contract, tmp_path_factory) -> Shop:
    with Server(tmp_path_factory.mktemp("platform") / "data") as server:
        yield Shop(contract, server).with_people()


@pytest.fixture(scope="session")
def anyone(shop):
    return shop.client()


@pytest.fixture(scope="session")
def ada(shop):
    """A customer for tests that change nothing of the account."""
    return shop.customer()


@pytest.fixture
def data_dir(tmp_path):
    """A data folder for a server of the test's own."""
    return tmp_path / "data"


@pytest.fixture(scope="module", params=["as it was", "moved to today"])
def history(request, contract, tmp_path_factory):
    """Long ago, so that periods end with the last data; and up to this day, which is still running."""
    moved = ["--shift-to-today"] if request.param == "moved to today" else []
    with served(contract, tmp_path_factory.mktemp("reports"), invent_history(seed=7), *moved) as history:
        yield history


@pytest.fixture(scope="module")
def apart(contract, tmp_path_factory):
    """One process per service, for the tests of one file."""
    with Processes(tmp_path_factory.mktemp("apart") / "data") as processes:
        yield Shop(contract, processes).with_people()


@pytest.fixture
def own_shop(contract, data_dir, request):
    """A platform of the test's own, to stop and start."""
    if request.node.get_closest_marker("files"):
        engines.keep_in_files(data_dir)
    server = Server(data_dir).start()
    try:
        yield Shop(contract, server).with_people()
    finally:
        server.kill()
