"""The platform that most tests share; it is started once and must stop cleanly at the end."""

import pytest

from harness import contract as contract_module
from harness.contract import Contract
from harness.server import Server
from harness.shop import Shop


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
