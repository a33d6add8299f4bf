"""`cloudcart events tail` and `replay`, on a folder that is served and on one that is not."""

import http.server
import json
import subprocess
import threading
import time

import pytest

from harness import engines
from harness.server import Server, binary, environment, run
from harness.shop import WAY, Shop
from harness.waiting import until


def events(*arguments, data_dir):
    return run("events", *arguments, "--data-dir", data_dir)


def records(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def delivered(shop):
    """An order that went the whole way, and so has five events."""
    return shop.order_in("delivered")


def told(found, order):
    return [record["event"]["version"] for record in found if record["event"]["orderId"] == order["id"]]


def test_tail_prints_the_newest_events_of_a_folder_in_use(shop, delivered):
    of_order = records(events("tail", "--order", delivered["id"], data_dir=shop.server.data_dir))
    assert told(of_order, delivered) == [1, 2, 3, 4, 5]
    assert [record["event"]["status"] for record in of_order] == WAY
    newest = records(events("tail", "--count", 2, "--order", delivered["id"], data_dir=shop.server.data_dir))
    assert newest == of_order[-2:]
    created = records(
        events("tail", "--order", delivered["id"], "--type", "order.created", data_dir=shop.server.data_dir)
    )
    assert created == of_order[:1] and created[0]["event"]["items"]


def shows(printed, order_id):
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        if any(order_id in line for line in list(printed)):
            return True
        time.sleep(0.02)
    return False


def test_tail_follows(shop, ada):
    command = [str(binary()), "events", "tail", "--follow", "--count", "0", "--data-dir", str(shop.server.data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(engines.settings(shop.server.data_dir))) as following:
        try:
            printed = []
            threading.Thread(target=lambda: printed.extend(following.stdout), daemon=True).start()
            # It says nothing before the first event, so there is no telling when it has begun: order until it shows.
            until(
                lambda: (order := shop.order(ada, (shop.product(), 1))) and shows(printed, order["id"]),
                "a new order is printed",
            )
        finally:
            following.kill()


def test_replay_is_the_whole_log_in_order(shop, delivered):
    everything = records(events("replay", data_dir=shop.server.data_dir))
    positions = [record["position"] for record in everything]
    assert positions == sorted(set(positions))
    assert told(everything, delivered) == [1, 2, 3, 4, 5]
    ids = [record["event"]["eventId"] for record in everything]
    assert len(ids) == len(set(ids))
    first, last = positions[1], positions[-2]
    part = records(events("replay", "--from", first, "--until", last, data_dir=shop.server.data_dir))
    assert part == everything[1:-1]


class Receiver:
    """Takes batches; refuses with the statuses that it is given first."""

    def __init__(self, *statuses):
        receiver = self
        self.taken, self.statuses = [], list(statuses)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status == 204:
                    receiver.taken += [json.loads(line) for line in body.splitlines()]
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/events"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def test_replay_sends_to_a_receiver_and_again_what_it_did_not_take(shop, delivered):
    everything = records(events("replay", data_dir=shop.server.data_dir))
    last = everything[-1]["position"]
    with Receiver(503, 429) as receiver:
        done = events("replay", "--until", last, "--to", receiver.address, data_dir=shop.server.data_dir)
    assert done.returncode == 0, done.stderr
    assert receiver.taken == everything
    assert f"{len(everything)} events sent" in done.stdout


def test_replay_says_where_to_go_on_when_the_receiver_refuses(shop, delivered):
    with Receiver(400) as receiver:
        done = events("replay", "--from", 2, "--to", receiver.address, data_dir=shop.server.data_dir)
    assert done.returncode == 1
    assert "answered 400" in done.stderr and "--from 2" in done.stderr
    assert receiver.taken == []


def test_a_folder_that_nobody_serves(contract, data_dir):
    with Server(data_dir) as server:
        order = Shop(contract, server).with_people().order_in("shipped")
    found = records(events("tail", data_dir=data_dir))
    assert told(found, order) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "arguments, names",
    [
        (("tail", "--order", "42"), "--order"),
        (("tail", "--type", "order.lost"), "order.lost"),
        (("replay", "--from", "0"), "--from"),
        (("replay", "--to", "ftp://example"), "http://"),
        (("replay", "--to", "nowhere"), "http://"),
        (("other",), "subcommand"),
    ],
)
def test_mistakes_are_named(shop, arguments, names):
    done = events(*arguments, data_dir=shop.server.data_dir)
    assert done.returncode == 2
    assert names in done.stderr


def test_no_folder(tmp_path):
    done = events("tail", data_dir=tmp_path / "nothing")
    if engines.on_engines():  # the shop is on the server, and nobody has ordered yet
        assert done.returncode == 0 and not done.stdout
    else:
        assert done.returncode == 2 and "--data-dir" in done.stderr
