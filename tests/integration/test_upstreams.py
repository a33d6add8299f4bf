"""Several processes behind one service's setting, of which some are dead, deaf, or come and go."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from harness.client import expect
from harness.processes import PROCESSES, Processes
from harness.server import SERVICES, Server, run
from harness.shop import Shop, at_once
from harness.stream import Stream
from harness.waiting import until

READS = 200


@contextlib.contextmanager
def running(contract, folder, *beside):
    processes = Processes(folder / "data", beside=beside)
    try:
        for service in PROCESSES:
            processes.start(service)
        yield processes
    finally:
        processes.kill()


def address_of(listener: socket.socket) -> str:
    return "http://127.0.0.1:%d" % listener.getsockname()[1]


@pytest.fixture
def nobody():
    """An address that refuses connections, held so that nobody else takes it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield address_of(held)


@pytest.fixture
def deaf():
    """An address that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        yield address_of(listener)


def buy_and_look(shop: Shop) -> None:
    """What a shop does all day; every answer is as it should be."""
    people = [shop.customer() for _ in range(4)]
    product = shop.product(price="5.25", inventory_count=1000)

    def buy(person):
        return lambda: [shop.order(person, (product, 2)) for _ in range(10)]

    def look(client):
        path = f"/api/products/{product['id']}"
        return lambda: [expect(client.get(path), 200) for _ in range(READS // 4)]

    bought = at_once([*map(buy, people), *(look(shop.client()) for _ in range(4))])[:4]
    assert len({order["id"] for orders in bought for order in orders}) == 40
    assert shop.stock(product) == 1000 - 80, "every order was placed once"
    listed = expect(shop.staff.client.get("/api/orders", params={"limit": 100}), 200).data["orders"]
    assert len(listed) == 40, "and no more than those that were answered"


def test_a_dead_process_beside_each_is_not_noticed(contract, tmp_path, nobody):
    with running(contract, tmp_path, nobody) as processes:
        shop = Shop(contract, processes).with_people()
        buy_and_look(shop)
        with Stream(shop.analyst.client.as_new()) as stream:
            order = shop.order(shop.customer(), (shop.product(), 1))
            stream.next(
                lambda event: event.name == "order" and event.data["order_id"] == order["id"], "the order", seconds=5
            )
        assert shop.settled_dashboard()["overview"]["total_orders"] == 41
        health = expect(shop.client().get("/health"), 200).data
        assert health["status"] == "ok", health
        assert f"the order service at {nobody} is not ready" in processes.servers["gateway"].printed()
        for service in reversed(PROCESSES):
            processes.servers[service].stop()
    done = run("reconcile", "--data-dir", processes.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_deaf_process_beside_each_is_left_alone_once_it_is_found_out(contract, tmp_path, deaf):
    with running(contract, tmp_path, deaf) as processes:
        for service, others in {"product": ["user", "order"], "order": ["user", "product"], "gateway": SERVICES}.items():
            for other in others:
                until(
                    lambda: f"the {other} service at {deaf} is not ready" in processes.servers[service].printed(),
                    f"{service} finds {other} out",
                )
        for service in PROCESSES:
            until(lambda: requests.get(f"{processes.addresses[service]}/ready", timeout=5).ok, f"{service} is ready")
        buy_and_look(Shop(contract, processes).with_people())


class SecondCatalogue:
    """Looks like a second process of the product service, and says so in what it answers."""

    def __init__(self, port: int = 0):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("X-Served-By", "second")
                self.end_headers()
                self.wfile.write(b'{"success":true,"data":{}}')

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def test_a_process_that_comes_is_asked_and_one_that_goes_is_not_missed(tmp_path):
    data_dir = tmp_path / "data"

    def count_of_second(times: int = 40) -> int:
        answers = [requests.get(f"{gateway.addresses['gateway']}/api/products", timeout=5) for _ in range(times)]
        assert {answer.status_code for answer in answers} == {200}
        return sum(answer.headers.get("X-Served-By") == "second" for answer in answers)

    with contextlib.ExitStack() as at_the_end:
        services = at_the_end.enter_context(Server(data_dir, services=SERVICES))
        second = SecondCatalogue()
        at_the_end.callback(lambda: second.stop())
        upstreams = [word for service in SERVICES for word in (f"--upstream-{service}", services.addresses[service])]
        upstreams += ["--upstream-product", f"http://127.0.0.1:{second.port}"]
        gateway = at_the_end.enter_context(Server(data_dir, services=["gateway"], extra=upstreams))
        assert count_of_second() == 20, "they take turns"
        goes = threading.Timer(0.1, second.stop)
        goes.start()
        assert 0 < count_of_second(READS) < READS / 2
        goes.join()
        assert count_of_second() == 0
        second = SecondCatalogue(second.port)
        until(lambda: count_of_second() == 20, "the second is asked again")
