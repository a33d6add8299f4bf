"""scripts/cluster as its callers see it: the whole platform comes, keeps what it holds and goes."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CLOUDCART_BIN") or str(REPOSITORY / "build/dev/src/app/cloudcart")
PASSWORD = "correct horse battery"


class Cluster:
    def __init__(self, folder: Path):
        self.folder = folder

    def run(self, action):
        return subprocess.run([str(REPOSITORY / "scripts/cluster"), action, str(self.folder)], capture_output=True, text=True,
                              timeout=300, env={**os.environ, "CLOUDCART_BIN": BINARY})

    def start(self):
        done = self.run("start")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def addresses(self):
        lines = (self.folder / "addresses.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def ask(self, method, path, token=None, body=None, service="GATEWAY"):
        request = urllib.request.Request(self.addresses()[f"CLOUDCART_{service}"] + path, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data=data, timeout=30) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} {path}: {refused.code} {refused.read()[:600]}") from None

    def add_admin(self):
        done = subprocess.run([BINARY, "user", "add", "--config", str(self.folder / "cluster.toml"), "--data-dir",
                               str(self.folder / "user/data"), "--email", "owner@example.com", "--role", "admin"],
                              input=PASSWORD + "\n", capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def sign_in(self):
        return self.ask("POST", "/api/users/login", body={"email": "owner@example.com", "password": PASSWORD})["token"]


def processes_below(folder: Path) -> list:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd").startswith(str(folder)):
                found.append(int(entry.name))
        except OSError:
            pass
    return found


@pytest.fixture
def cluster():
    base = Path(tempfile.mkdtemp(prefix="cluster-"))
    base.chmod(0o755)
    made = Cluster(base / "all")
    yield made
    done = made.run("clear")
    assert done.returncode == 0, done.stderr
    left = processes_below(base)
    shutil.rmtree(base)
    assert left == []


def test_it_comes_sells_stops_comes_back_and_goes(cluster):
    assert cluster.run("status").returncode == 1
    printed = cluster.start()
    for name in ("user", "product", "order", "order-2", "analytics", "gateway", "dashboard"):
        assert re.search(rf"^{name} +http://127\.0\.0\.1:\d+", printed, re.M), printed
    assert cluster.run("status").returncode == 0
    assert (cluster.folder / "jwt.secret").stat().st_mode & 0o077 == 0

    cluster.add_admin()
    token = cluster.sign_in()
    me = cluster.ask("GET", "/api/users/profile", token)["user"]
    product = cluster.ask("POST", "/api/products", token, {"name": "Tea pot", "price": 12.5, "category_name": "Kitchen",
                                                           "inventory_count": 10})["product"]
    orders = []
    for service in ("ORDER", "ORDER_2"):
        orders.append(cluster.ask("POST", "/api/orders", token, {
            "user_id": me["id"], "items": [{"product_id": product["id"], "quantity": 2}],
            "shipping_address": "12 St James Square, London"}, service=service)["order"])

    until(lambda: cluster.ask("GET", "/api/analytics/dashboard", token)["overview"]["total_orders"] == 2)

    addresses = cluster.addresses()
    assert cluster.run("stop").returncode == 0
    assert processes_below(cluster.folder) == []
    cluster.start()
    assert cluster.addresses() == addresses, "the services know each other by them"
    token = cluster.sign_in()
    for order in orders:
        assert cluster.ask("GET", f"/api/orders/{order['id']}", token)["order"]["items"] == order["items"]
    assert cluster.ask("GET", f"/api/products/{product['id']}", token)["product"]["inventory_count"] == 6
    compared = subprocess.run([BINARY, "reconcile", "--config", str(cluster.folder / "cluster.toml"), "--data-dir",
                               str(cluster.folder / "analytics/data")], capture_output=True, text=True, timeout=120)
    assert compared.returncode == 0, compared.stdout + compared.stderr


def until(true, seconds=30):
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it has not come to pass"
        time.sleep(0.1)


def test_a_folder_of_others_is_not_touched(cluster):
    cluster.folder.mkdir()
    (cluster.folder / "treasure").write_text("gold")
    for action in ("start", "clear"):
        done = cluster.run(action)
        assert done.returncode == 1 and "was not made by this script" in done.stderr
    assert (cluster.folder / "treasure").read_text() == "gold"
    shutil.rmtree(cluster.folder)


@pytest.mark.parametrize("words", [[], ["begin", "/tmp"], ["start"]])
def test_what_is_not_understood_is_refused(words):
    assert subprocess.run([str(REPOSITORY / "scripts/cluster"), *words], capture_output=True).returncode == 2
