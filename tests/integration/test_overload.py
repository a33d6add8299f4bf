"""More than can be served: what is refused, what is not, and that it ends."""

import contextlib
import http.client
import json
import pathlib
import re
import signal
import threading
import time

import pytest

from harness.client import expect
from harness.server import SERVICES, Server, free_ports
from harness.shop import Shop
from harness.waiting import until

FIGURES = ("/api/analytics/dashboard", "/api/ai/recommendations/popular", "/api/analytics/reports/segments")
# As many figures at a time as the gateway lets through below.
MOST_FIGURES = 2


def refused(answer):
    seconds = int(expect(answer, 503, "overloaded").headers["Retry-After"])
    assert 1 <= seconds <= 4
    return seconds


def metric(shop, server, name, **labels):
    """The sum of a metric's samples that have these labels."""
    text = expect(shop.client(server).get("/metrics"), 200).text
    found = re.findall(rf"^{name}\{{(.*)\}} (\S+)$", text, re.MULTILINE)
    return sum(float(value) for given, value in found if all(f'{key}="{word}"' in given for key, word in labels.items()))


@pytest.fixture(scope="module")
def without_figures(contract, tmp_path_factory):
    """All in one process, told to serve no figures, as an operator may in an emergency."""
    data_dir = tmp_path_factory.mktemp("overloaded") / "data"
    with Server(data_dir, env={"CLOUDCART_OVERLOAD_ANALYTICS": "0"}) as server:
        yield Shop(contract, server).with_people()


def test_figures_are_refused_and_all_else_is_served(without_figures):
    shop = without_figures
    for path in FIGURES:
        refused(shop.analyst.client.get(path))
    person, product = shop.customer(), shop.product()
    shop.order(person, (product, 1))
    assert shop.sign_in(person.email).id == person.id
    expect(shop.client().get(f"/api/products/{product['id']}"), 200)
    for server in (*SERVICES, "gateway", "dashboard"):
        expect(shop.client(server).get("/health"), 200)
        expect(shop.client(server).get("/ready"), 200)


def test_refusals_come_back_at_different_times(without_figures):
    assert len({refused(without_figures.analyst.client.get(FIGURES[0])) for _ in range(40)}) > 1


def test_refusals_are_counted_and_not_logged_one_by_one(without_figures):
    shop = without_figures
    counted = {"priority": "analytics", "outcome": "no_room"}
    before = metric(shop, "gateway", "cloudcart_admission_requests_total", **counted)
    for _ in range(30):
        refused(shop.analyst.client.get("/api/analytics/reports/cohorts"))
    assert metric(shop, "gateway", "cloudcart_admission_requests_total", **counted) == before + 30
    assert metric(shop, "gateway", "cloudcart_admission_requests_total", priority="checkout", outcome="admitted") > 0
    assert metric(shop, "gateway", "cloudcart_admission_queue_seconds_count", priority="checkout") > 0
    printed = shop.server.printed()
    assert "requests of priority analytics refused" in printed
    assert "/api/analytics/reports/cohorts" not in printed


@contextlib.contextmanager
def held(server):
    """The process stands still within the block, each of its threads."""
    def stands():
        states = [path.read_text().rpartition(")")[2].split()[0] for path in pathlib.Path(f"/proc/{server.pid}/task").glob("*/stat")]
        return states and set(states) == {"T"}

    server.signal(signal.SIGSTOP)
    try:
        until(stands, "the process stands still")
        yield
    finally:
        server.signal(signal.SIGCONT)


class Asking(threading.Thread):
    """One question whose answer may take long."""

    def __init__(self, client, path):
        super().__init__(daemon=True)
        self._client, self._path, self.answer = client.as_new(), path, None
        self.start()

    def run(self):
        self.answer = self._client.get(self._path)


@pytest.fixture(scope="module")
def figures_apart(contract, tmp_path_factory):
    """The gateway and the shop in one process, the figures in another, which can be stopped."""
    folder = tmp_path_factory.mktemp("apart")
    secret = {"CLOUDCART_AUTH_JWT_SECRET": "for this test alone, and long enough for it"}
    names = ("user", "product", "order", "analytics")
    ports = dict(zip(names, free_ports(len(names))))
    upstreams = [word for name in names for word in (f"--upstream-{name}", f"http://127.0.0.1:{ports[name]}")]
    limits = {"CLOUDCART_OVERLOAD_ANALYTICS": str(MOST_FIGURES), "CLOUDCART_RUNTIME_EVENT_LOOPS": "1",
              "CLOUDCART_HTTP_REQUEST_TIMEOUT": "30s"}
    shop_alone = Server(folder / "data", ("user", "product", "order", "gateway"), upstreams, {**secret, **limits}, ports)
    figures = Server(folder / "figures", ("analytics",), upstreams, secret, ports)
    with shop_alone, figures:
        shop = Shop(contract, shop_alone).with_people()
        until(lambda: shop.analyst.client.get(FIGURES[0]).status == 200, "figures are served")
        yield shop, figures


def test_figures_that_hang_are_refused_soon_and_the_shop_goes_on(figures_apart):
    shop, figures = figures_apart
    person, product = shop.customer(), shop.product()
    under_way = {"priority": "analytics"}
    with held(figures):
        asking = [Asking(shop.analyst.client, FIGURES[0]) for _ in range(MOST_FIGURES)]
        until(lambda: metric(shop, "gateway", "cloudcart_admission_under_way", **under_way) == MOST_FIGURES,
              "they are being served")
        # Those that come next wait; once they have waited for an interval, nobody waits for what does not come.
        asking += [Asking(shop.analyst.client, FIGURES[0]) for _ in range(5)]
        until(lambda: [each.answer is not None for each in asking[MOST_FIGURES:]] == [True] * 5, "they are refused")
        for each in asking[MOST_FIGURES:]:
            refused(each.answer)
        assert [each.answer for each in asking[:MOST_FIGURES]] == [None] * MOST_FIGURES
        shop.order(person, (product, 1))
        assert shop.sign_in(person.email).id == person.id
        expect(shop.client().get(f"/api/products/{product['id']}"), 200)
        expect(shop.client().get("/health"), 200)
    until(lambda: all(each.answer is not None for each in asking), "those that waited are answered", seconds=30)
    until(lambda: shop.analyst.client.get(FIGURES[0]).status == 200, "figures are served again")
    assert metric(shop, "gateway", "cloudcart_admission_waiting") == 0


def test_work_whose_time_is_over_is_not_begun(figures_apart):
    """Time counts from when the request came, though nobody was there to read it."""
    _, figures = figures_apart
    limit = 1.0  # what strangers are given at least
    connection = http.client.HTTPConnection(figures.addresses["analytics"].removeprefix("http://"), timeout=20)

    def ask(limit_ms):
        connection.request("GET", "/api/ai/recommendations/popular", headers={"X-Request-Timeout-Ms": limit_ms})

    def answer():
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("code")

    with contextlib.closing(connection):
        for limit_ms in ("20000", "no number", "99999999999999999999"):
            ask(limit_ms)
            assert answer() == (200, None)
        with held(figures):
            ask(f"{1000 * limit:.0f}")
            over = time.monotonic() + 2 * limit
            until(lambda: time.monotonic() > over, "its time is over")
        assert answer() == (503, "deadline_exceeded")
        ask("20000")
        assert answer() == (200, None)
