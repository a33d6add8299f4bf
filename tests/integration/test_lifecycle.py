"""Starting, stopping, starting again, and who may use a data folder."""

import json
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness import tokens
from harness.client import expect
from harness.raw import exchange
from harness.server import Server, binary, environment, run
from harness.shop import PASSWORD, Shop, at_once, restart
from harness.stream import Stream
from harness.waiting import until


def test_everything_is_there_after_a_restart(own_shop):
    shop = own_shop
    person, product = shop.customer(), shop.product(inventory_count=10)
    order = shop.order(person, (product, 3))
    expect(shop.move(order, "confirmed"), 200)
    before = shop.settled_dashboard()
    shop.server.stop()
    restart(shop)
    again = shop.sign_in(person.email)
    kept = expect(again.client.get(f"/api/orders/{order['id']}"), 200).data["order"]
    assert (kept["id"], kept["status"], kept["total_amount"]) == (order["id"], "confirmed", order["total_amount"])
    assert shop.stock(product) == 7
    after = shop.settled_dashboard()
    assert after["overview"] == before["overview"]
    # The signing key outlives the process, and so do sessions.
    expect(shop.client(token=person.token).get("/api/users/profile"), 200)
    shop.server.stop()


def test_an_order_answered_201_survives_a_kill(own_shop):
    shop = own_shop
    person, product = shop.customer(), shop.product(inventory_count=100)
    key = shop.unique("key")
    keyed = expect(shop.try_order(person, (product, 1), key=key), 201).data["order"]
    answered = [keyed["id"]] + [shop.order(person, (product, 1))["id"] for _ in range(20)]
    shop.server.signal(signal.SIGKILL)
    shop.server.wait()
    restart(shop)
    again = shop.sign_in(person.email)
    listed = again.client.get(f"/api/orders/user/{person.id}", params={"limit": 100}).data["orders"]
    assert {order["id"] for order in listed} == set(answered)
    assert shop.stock(product) == 100 - len(answered)
    assert expect(shop.try_order(again, (product, 1), key=key), 201).data["order"]["id"] == keyed["id"]
    shop.server.stop()
    assert run("reconcile", "--data-dir", shop.server.data_dir).returncode == 0


def test_a_stop_under_load_loses_no_answered_order(own_shop):
    shop = own_shop
    buyers = [shop.customer() for _ in range(4)]
    product = shop.product(inventory_count=1000000)
    answered, others, stopping = [], [], threading.Event()

    def buy(person):
        client = person.client.as_new()
        while not stopping.is_set():
            try:
                answer = shop.try_order(person, (product, 1), client=client)
            except OSError:
                return
            if answer.status == 201:
                answered.append(answer.data["order"]["id"])
            else:
                others.append((answer.status, answer.code))
                return

    threads = [threading.Thread(target=buy, args=(person,)) for person in buyers]
    for thread in threads:
        thread.start()
    until(lambda: len(answered) >= 50, "orders flow")
    shop.server.stop()
    stopping.set()
    for thread in threads:
        thread.join(20)
    assert {status for status, _ in others} <= {503}
    restart(shop)
    total = shop.staff.client.get("/api/orders").data["pagination"]["total"]
    kept = {
        order["id"] for person in buyers for order in every_order(shop.staff.client, person)
    }
    assert set(answered) <= kept
    # At most the orders whose answers were cut off with their connections stand beside those that were answered.
    assert total <= len(answered) + len(buyers)
    assert shop.stock(product) == 1000000 - total
    shop.server.stop()


def every_order(client, person):
    cursor = None
    while True:
        params = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        data = expect(client.get(f"/api/orders/user/{person.id}", params=params), 200).data
        yield from data["orders"]
        cursor = data["next_cursor"]
        if cursor is None:
            return


def test_a_stop_does_not_wait_for_streams_and_idle_connections(own_shop):
    shop = own_shop
    with Stream(shop.analyst.client.as_new()) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        expect(shop.customer().client.get("/api/users/profile"), 200)
        shop.server.stop()
        assert stream.ended.wait(5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_it_cleanly(data_dir, number):
    server = Server(data_dir).start()
    server.signal(number)
    assert server.wait() == 0


def test_a_second_process_on_the_same_folder_is_refused(shop):
    # Where it writes its own addresses must not touch those of the server that runs.
    second = Server(shop.server.data_dir)
    done = subprocess.run(
        [*second.command()[:-2]], capture_output=True, text=True, timeout=20, env=environment(), stdin=subprocess.DEVNULL
    )
    assert done.returncode in (1, 2), (done.returncode, done.stderr)
    # Beside the log, whose lines are JSON, there is one sentence.
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("{")]
    assert len(lines) == 1, done.stderr
    assert str(shop.server.data_dir) in lines[0]
    # The one that runs is not disturbed.
    expect(shop.client().get("/ready"), 200)
    shop.order(shop.staff, (shop.product(), 1))


def test_the_folder_is_free_again_after_a_kill(contract, data_dir):
    server = Server(data_dir).start()
    server.kill()
    server.start()
    expect(Shop(contract, server).client().get("/ready"), 200)
    server.stop()


def test_accounts_are_added_offline_and_while_serving(contract, data_dir):
    server = Server(data_dir)
    server.add_user("early@example.com", "admin", PASSWORD)
    with server:
        shop = Shop(contract, server)
        server.add_user("late@example.com", "analyst", PASSWORD)
        assert shop.sign_in("early@example.com").role == "admin"
        assert shop.sign_in("late@example.com").role == "analyst"


@pytest.mark.parametrize("email, role, password", [
    ("not-an-address", "admin", PASSWORD), ("ada@example.com", "king", PASSWORD), ("ada@example.com", "admin", "short"),
    ("ada@example.com", "admin", "p" * 73), ("ada@example.com", "admin", ""),
])
def test_user_add_refuses_bad_input_with_a_sentence(data_dir, email, role, password):
    done = run("user", "add", "--data-dir", data_dir, "--email", email, "--role", role, stdin=password + "\n")
    assert done.returncode in (1, 2)
    assert done.stderr.strip() and "Traceback" not in done.stderr and "terminate called" not in done.stderr


def test_reconcile_finds_no_difference(own_shop):
    shop = own_shop
    product = shop.product(price="0.10", inventory_count=1000)
    people = [shop.customer() for _ in range(3)]
    orders = at_once([
        lambda person=person, count=count: shop.order(person, (product, count)) for count, person in enumerate(people, 1)
    ])
    expect(people[0].client.post(f"/api/orders/{orders[0]['id']}/cancel"), 200)
    expect(shop.move(orders[1], "confirmed"), 200)
    shop.settled_dashboard()
    shop.server.stop()
    done = run("reconcile", "--data-dir", shop.server.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    json.loads(done.stdout)


def test_reconcile_works_after_a_kill(own_shop):
    shop = own_shop
    product = shop.product(price="3.30", inventory_count=1000)
    for _ in range(5):
        shop.order(shop.customer(), (product, 2))
    shop.server.kill()
    done = run("reconcile", "--data-dir", shop.server.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ledger"]["placed_orders"] == 5


@pytest.mark.parametrize("taken", ["user", "order", "dashboard"])
def test_a_taken_port_ends_the_start_with_a_sentence(data_dir, taken):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        ports = {name: "0" for name in ("user", "product", "order", "analytics", "gateway", "dashboard")}
        ports[taken] = str(holder.getsockname()[1])
        # Freed memory is overwritten, so that a use after its end shows.
        done = subprocess.run(
            [str(binary()), "serve", "--data-dir", str(data_dir),
             *(argument for name, port in ports.items() for argument in (f"--port-{name}", port))],
            capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
            env=environment({"MALLOC_PERTURB_": "165"}),
        )
    assert done.returncode == 2, done.stderr
    assert f":{ports[taken]}" in done.stderr and "another port" in done.stderr


def test_keys_differ_from_folder_to_folder(contract, data_dir, tmp_path):
    """A token of one platform is worth nothing to another."""
    with Server(data_dir) as server, Server(tmp_path / "other") as other:
        token = Shop(contract, server).customer().token
        expect(Shop(contract, other).client(token=token).get("/api/users/profile"), 401)


def test_expired_tokens_are_401(contract, data_dir):
    with Server(data_dir, env={"CLOUDCART_AUTH_JWT_EXPIRE": "1s"}) as server:
        shop = Shop(contract, server)
        person = shop.customer()
        claims = tokens.parts(person.token)[1]
        assert claims["exp"] - claims["iat"] == 1
        until(lambda: person.client.get("/api/users/profile").status == 401, "the token expires", seconds=4)
        expect(shop.client().post("/api/users/refresh", {"refresh_token": person.refresh_token}), 200)


def test_it_is_ready_quickly_and_only_then_says_where(contract, data_dir):
    started = time.monotonic()
    with Server(data_dir) as server:
        assert time.monotonic() - started < 5
        for front, base in server.addresses.items():
            assert base.startswith("http://127.0.0.1:"), front
            assert exchange(base, b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status == 200


@pytest.mark.parametrize("arguments", [
    ["serve", "--no-such-flag"], ["serve", "--port-user", "99999"], ["serve", "--service", "coffee"], ["no-such-command"],
    ["serve", "--config", "/no/such/file.toml"],
])
def test_wrong_arguments_end_with_a_sentence(data_dir, arguments):
    done = subprocess.run(
        [str(binary()), *arguments, *(["--data-dir", str(data_dir)] if arguments[0] == "serve" else [])],
        capture_output=True, text=True, timeout=20, env=environment(), stdin=subprocess.DEVNULL,
    )
    assert done.returncode in (1, 2)
    assert done.stderr.strip() and "terminate called" not in done.stderr


@pytest.mark.parametrize("command", [["serve"], ["demo"], ["user", "add"]], ids=" ".join)
def test_a_flag_is_not_taken_for_a_value_that_was_forgotten(tmp_path, command):
    done = subprocess.run(
        [str(binary()), *command, "--data-dir", "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=20, env=environment(),
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "--data-dir" in done.stderr and "needs a value" in done.stderr
    assert not list(tmp_path.iterdir()), "nor is a folder made of that name"


def test_an_unknown_key_of_the_configuration_is_an_error(data_dir, tmp_path):
    config = tmp_path / "cloudcart.toml"
    config.write_text("no_such_key = 5\n")
    done = subprocess.run(
        [str(binary()), "serve", "--data-dir", str(data_dir), "--config", str(config)], capture_output=True, text=True,
        timeout=20, env=environment(), stdin=subprocess.DEVNULL,
    )
    assert done.returncode in (1, 2)
    assert "no_such_key" in done.stderr
