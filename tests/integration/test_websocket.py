"""The live feed over a WebSocket: the handshake, the topics, and clients that do not keep to the rules."""

import json
import signal
import struct
import threading
import time

import pytest

from harness.client import expect
from harness.processes import Processes
from harness.server import Server
from harness.shop import Shop
from harness.waiting import until
from harness.web_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Refused, WebSocket, frame


@pytest.fixture(params=["together", "apart"])
def platform(request):
    """In one process, and with one process per service through the gateway."""
    return request.getfixturevalue("shop" if request.param == "together" else "apart")


@pytest.fixture
def web_socket(platform):
    with WebSocket(platform.staff.client) as web_socket:
        yield web_socket


def refusal(client, **more) -> Refused:
    with pytest.raises(Refused) as refused:
        WebSocket(client, **more)
    return refused.value


# The handshake


@pytest.mark.parametrize("front", ["analytics", "gateway", "dashboard"])
def test_it_is_open_at_every_front(shop, front):
    with WebSocket(shop.client(front, shop.analyst.token)) as web_socket:
        assert web_socket.header("Upgrade") == "websocket"
        web_socket.subscribe("overview")
        web_socket.next_of("overview")


def test_the_token_may_come_as_a_subprotocol(platform):
    with WebSocket(platform.analyst.client, by_subprotocol=True) as web_socket:
        assert web_socket.header("Sec-WebSocket-Protocol") == "cloudcart"
        assert platform.analyst.token not in web_socket.head
        web_socket.subscribe("orders")
    servers = getattr(platform.server, "servers", {"all": platform.server})
    for server in servers.values():
        assert platform.analyst.token not in server.printed(), "a log holds no token"


def test_without_a_token_or_the_role_it_stays_shut(platform):
    assert refusal(platform.client()).status == 401
    assert refusal(platform.client(token="no.such.token"), by_subprotocol=True).status == 401
    assert refusal(platform.customer().client).status == 403


def test_a_token_in_the_address_is_none(platform):
    answer = platform.client().send("GET", f"/api/ws?token={platform.analyst.token}")
    assert answer.status_code == 401


def test_a_plain_request_learns_what_is_spoken_here(platform):
    answer = expect(platform.analyst.client.get("/api/ws"), 426, "upgrade_required")
    assert answer.headers["Upgrade"] == "websocket"
    assert answer.headers["Sec-WebSocket-Version"] == "13"
    assert "upgrade" in answer.headers["Connection"].lower()


@pytest.mark.parametrize("headers, status", [
    ({"Sec-WebSocket-Version": "8"}, 426),
    ({"Sec-WebSocket-Key": "short"}, 400),
    ({"Sec-WebSocket-Key": None}, 400),
    ({"Upgrade": "h2c"}, 426),
    ({"Connection": "keep-alive"}, 426),
    ({"Sec-WebSocket-Protocol": "chat"}, 400),
])
def test_a_wrong_handshake_is_refused(shop, headers, status):
    assert refusal(shop.analyst.client, headers=headers).status == status


def test_pages_of_other_origins_are_refused(platform):
    refused = refusal(platform.analyst.client, headers={"Origin": "https://evil.example"})
    assert (refused.status, refused.code) == (403, "forbidden")
    own = platform.analyst.client.base
    with WebSocket(platform.analyst.client, headers={"Origin": own}) as web_socket:
        web_socket.subscribe("orders")


def test_an_origin_of_the_list_is_let_in(contract, data_dir):
    with Server(data_dir, extra=["--http-allowed-origins", "https://desk.example"]) as server:
        shop = Shop(contract, server).with_people()
        with WebSocket(shop.analyst.client, headers={"Origin": "https://desk.example"}) as web_socket:
            web_socket.subscribe("orders")
        assert refusal(shop.analyst.client, headers={"Origin": "https://desk.example.evil.example"}).status == 403


# The topics


def test_an_order_is_told_with_the_overview_it_changes(platform, web_socket):
    said = web_socket.subscribe("overview", "orders")
    assert said["topics"] == ["overview", "orders"]
    first = web_socket.next_of("overview")
    platform.contract.check(platform.contract.component("Dashboard"), first["data"], "message overview")
    order = platform.order(platform.customer(), (platform.product(price="3.21"), 4))
    told = web_socket.next(
        lambda message: message["type"] == "order" and message["data"]["order_id"] == order["id"], "the order", 3
    )
    platform.contract.check(platform.contract.component("StreamOrder"), told["data"], "message order")
    assert told["data"]["total_amount"] == 12.84
    assert told["position"] > first["position"]
    reached = first["data"]["overview"]["total_orders"] + 1
    web_socket.next(
        lambda message: message["type"] == "overview" and message["data"]["overview"]["total_orders"] >= reached,
        "an overview with the order", 3,
    )


def test_it_goes_on_where_it_broke_off(platform):
    person, product = platform.customer(), platform.product()
    with WebSocket(platform.analyst.client) as before:
        before.subscribe("orders")
        seen = platform.order(person, (product, 1))
        last = before.next(lambda m: m["type"] == "order" and m["data"]["order_id"] == seen["id"], "the order")["position"]
    missed = [platform.order(person, (product, 1)) for _ in range(3)]
    platform.settled_dashboard()
    with WebSocket(platform.analyst.client) as after:
        after.subscribe("orders", after=last)
        told = [after.next_of("order")["data"]["order_id"] for _ in missed]
        assert told == [order["id"] for order in missed]
        live = platform.order(person, (product, 1))
        assert after.next_of("order")["data"]["order_id"] == live["id"]


def test_what_is_left_again_is_told_no_more(platform, web_socket):
    web_socket.subscribe("orders")
    web_socket.say(action="unsubscribe", topics=["orders"])
    assert web_socket.next_of("unsubscribed")["topics"] == []
    platform.order(platform.customer(), (platform.product(), 1))
    platform.settled_dashboard()
    web_socket.say(action="ping")
    assert web_socket.next(lambda message: True, "the answer")["type"] == "pong"


def test_stock_is_told_to_staff(platform, web_socket):
    product = platform.product(inventory_count=8)
    web_socket.subscribe("stock", products=[product["id"]])

    def left(count):
        message = web_socket.next(
            lambda m: m["type"] == "stock" and m["data"]["product_id"] == product["id"] and m["data"]["available"] == count,
            f"{count} left",
        )
        platform.contract.check(platform.contract.component("StreamStock"), message["data"], "message stock")
        return message["data"]

    assert left(8)["is_low"] is False
    order = platform.order(platform.customer(), (product, 5))
    assert left(3)["is_low"] is True
    expect(platform.staff.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    left(8)
    adjustment = {"change": -1, "reason": "Broken"}
    expect(platform.staff.client.post(f"/api/products/{product['id']}/stock", adjustment), 200)
    left(7)


def test_the_stock_of_what_is_sold_is_told_unasked(platform, web_socket):
    web_socket.subscribe("stock")
    product = platform.product(inventory_count=6)
    platform.order(platform.customer(), (product, 2))
    told = web_socket.next(lambda m: m["type"] == "stock" and m["data"]["product_id"] == product["id"], "the product")
    assert (told["data"]["available"], told["data"]["product_name"]) == (4, product["name"])


def test_a_topic_of_another_role_is_named_and_the_rest_stands(platform):
    with WebSocket(platform.analyst.client) as web_socket:
        web_socket.say(action="subscribe", topics=["stock", "orders"])
        error = web_socket.next_of("error")
        assert (error["code"], error["topic"]) == ("forbidden", "stock")
        assert web_socket.next_of("subscribed")["topics"] == ["orders"]


def test_the_model_is_told_of(platform, web_socket):
    web_socket.subscribe("recommendations")
    first = web_socket.next_of("recommendations")["data"]
    platform.contract.check(platform.contract.component("ModelStatus"), first, "message recommendations")
    expect(platform.staff.client.post("/api/ai/train"), 202)
    web_socket.next(
        lambda m: m["type"] == "recommendations" and m["data"]["model_version"] > first["model_version"], "the new model"
    )


def test_what_is_wrong_is_named(platform, web_socket):
    web_socket.say(action="subscribe", topics=["gossip"], after=-1)
    error = web_socket.next_of("error")
    assert error["code"] == "validation_failed"
    assert {entry.split(":")[0] for entry in error["errors"]} == {"topics[0]", "after"}
    web_socket.send_bytes(frame(TEXT, b"{"))
    assert web_socket.next_of("error")["code"] == "malformed_request"


# The protocol


def test_fragments_pings_and_a_goodbye(platform, web_socket):
    text = json.dumps({"action": "ping"}).encode()
    web_socket.send_bytes(
        frame(TEXT, text[:5], last=False) + frame(PING, b"there?") + frame(CONTINUATION, text[5:9], last=False)
        + frame(CONTINUATION, text[9:])
    )
    answers = [web_socket.next_frame() for _ in range(2)]
    assert {(answer.opcode, answer.payload) for answer in answers} == {(PONG, b"there?"), (TEXT, b'{"type":"pong"}')}
    web_socket.send_bytes(frame(CLOSE, struct.pack(">H", 1000) + b"done"))
    assert web_socket.goodbye() == 1000


@pytest.mark.parametrize("sent, code", [
    (frame(TEXT, b"x" * 4097), 1009),
    (frame(TEXT, b"x" * 4000, last=False) + frame(CONTINUATION, b"x" * 97), 1009),
    (frame(BINARY, b"x"), 1003),
    (frame(TEXT, b"\xff\xfe"), 1007),
    (frame(TEXT, b"{}", masked=False), 1002),
    (frame(CONTINUATION, b"x"), 1002),
    (frame(PING, b"x" * 126), 1002),
    (frame(CLOSE, struct.pack(">H", 1005)), 1002),
    (b"\xc1\x80\0\0\0\0", 1002),
    (b"GET / HTTP/1.1\r\n\r\n", 1002),
], ids=["too big", "too big in parts", "binary", "not utf-8", "unmasked", "continues nothing", "long ping", "forbidden code",
        "reserved bit", "http"])
def test_who_breaks_the_rules_is_told_and_left(platform, web_socket, sent, code):
    web_socket.send_bytes(sent)
    assert web_socket.goodbye() == code


def test_the_longest_message_that_may_be_is_read(platform, web_socket):
    text = json.dumps({"action": "ping"}).encode()
    web_socket.send_bytes(frame(TEXT, text + b" " * (4096 - len(text))))
    web_socket.next_of("pong")


def test_the_end_of_a_session_ends_its_socket(platform):
    person = platform.sign_in(platform.analyst.email)
    with WebSocket(person.client) as web_socket:
        web_socket.subscribe("orders")
        expect(person.client.post("/api/users/logout"), 200)
        assert web_socket.goodbye(8) == 1008


@pytest.mark.parametrize("change", [{"role": "customer"}, {"is_active": False}], ids=["role", "deactivated"])
def test_a_change_of_rights_ends_its_sockets(platform, change):
    person = platform.employee("staff")
    with WebSocket(person.client) as web_socket:
        web_socket.subscribe("stock")
        expect(platform.admin.client.put(f"/api/users/{person.id}", change), 200)
        assert web_socket.goodbye(8) == 1008


def test_a_token_that_expires_ends_its_sockets(contract, data_dir):
    with Server(data_dir, extra=["--auth-jwt-expire", "4s"]) as server:
        shop = Shop(contract, server)
        person = shop.employee("analyst")
        with WebSocket(person.client, by_subprotocol=True) as web_socket:
            web_socket.subscribe("orders")
            started = time.monotonic()
            assert web_socket.goodbye() == 1008
            assert time.monotonic() - started < 7


def test_a_client_that_vanishes_frees_its_place(shop):
    def connections():
        text = shop.client("analytics").get("/metrics").text
        return int(float(next(
            line.split()[-1] for line in text.splitlines()
            if line.startswith('cloudcart_http_connections{service="analytics"}')
        )))

    before = connections()
    sockets = [WebSocket(shop.client("analytics", shop.analyst.token)) for _ in range(20)]
    assert connections() >= before + 20
    for web_socket in sockets:
        web_socket.__exit__()
    until(lambda: connections() <= before, "their connections are closed")


def test_a_drain_says_goodbye(contract, data_dir):
    with Server(data_dir) as server:
        shop = Shop(contract, server).with_people()
        with WebSocket(shop.analyst.client) as web_socket:
            web_socket.subscribe("overview")
            started = time.monotonic()
            server.signal(signal.SIGTERM)
            assert web_socket.goodbye() == 1001
            assert server.wait() == 0
            assert time.monotonic() - started < 5
        server.start()


@pytest.mark.parametrize("stopping", ["analytics", "gateway"])
def test_a_process_that_stops_says_goodbye_too(contract, tmp_path, stopping):
    with Processes(tmp_path / "data") as processes:
        shop = Shop(contract, processes).with_people()
        with WebSocket(shop.analyst.client) as web_socket:
            web_socket.subscribe("overview")
            web_socket.next_of("overview")
            processes.servers[stopping].signal(signal.SIGTERM)
            assert web_socket.goodbye() == 1001
            assert processes.servers[stopping].wait() == 0


def test_a_service_that_dies_ends_its_sockets(contract, tmp_path):
    with Processes(tmp_path / "data") as processes:
        shop = Shop(contract, processes).with_people()
        with WebSocket(shop.analyst.client) as web_socket:
            web_socket.subscribe("orders")
            processes.servers["analytics"].kill()
            assert web_socket.next_frame() is None
        assert refusal(shop.analyst.client).status == 503


def resident_kib(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def test_readers_that_never_read_cost_little_and_are_left(contract, data_dir):
    """Orders go on; whoever takes nothing is closed when the write time-out has passed, and nothing piles up."""
    with Server(data_dir) as server:
        shop = Shop(contract, server).with_people()
        person, product = shop.customer(), shop.product(inventory_count=100_000)
        stubborn = [WebSocket(shop.client("analytics", shop.analyst.token), receive_buffer=4096) for _ in range(50)]
        for each in stubborn:
            each.say(action="subscribe", topics=["overview", "orders"])
        with WebSocket(shop.analyst.client) as quick:
            quick.subscribe("orders")
            stop = threading.Event()

            def buy():
                client = person.client.as_new()
                while not stop.wait(0.005):  # a pace at which the orders themselves take little memory
                    shop.try_order(person, (product, 1), client=client)

            buyer = threading.Thread(target=buy)
            buyer.start()
            try:
                began = time.monotonic()
                sizes, open_ = [], 50
                while time.monotonic() - began < 60 and open_ > 0:
                    quick.next_of("order")
                    sizes.append(resident_kib(server.pid))
                    if len(sizes) % 50 == 0:
                        text = shop.client("analytics").get("/metrics").text
                        open_ = int(float(next(
                            line.split()[-1] for line in text.splitlines()
                            if line.startswith('cloudcart_http_connections{service="analytics"}')
                        ))) - 1
            finally:
                stop.set()
                buyer.join()
        assert open_ <= 1, f"{open_} connections are open still"
        assert max(sizes) - sizes[0] < 30_000, f"memory grew from {sizes[0]} to {max(sizes)} KiB"
        for each in stubborn:
            each.__exit__()
