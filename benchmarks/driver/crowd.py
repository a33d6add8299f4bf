"""Readers of the live stream, many in one process: python3 crowd.py --address URL --readers N --how drain

Prints "ready" once each has had its first overview, reads until its standard input ends, and then prints one JSON object. Times are
those of CLOCK_MONOTONIC, which all processes of a machine share."""

import argparse
import json
import re
import resource
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

HOW = {
    "watch": "reads at once and remembers each order and when it came",
    "drain": "reads at once and counts orders",
    "slow": "reads 2 KiB twice a second",
    "never": "reads its first overview and nothing after it",
}
# In both forms an order is told by these words; a server's frames are not masked.
ORDER = re.compile(rb'"type":"order\.created","order_id":"([0-9a-f-]{36})"')
LONGEST_MATCH = 80
OVERVIEW = {False: b"event: overview", True: b'{"type":"overview"'}
# A masked pong that nobody asked for: a client that is heard of is not taken for gone.
PONG = b"\x8a\x80\0\0\0\0"
PONG_SECONDS = 10
SLOW_SECONDS, SLOW_BYTES = 0.5, 2048
SUBSCRIBE = b'{"action":"subscribe","topics":["overview","orders"]}'


def masked_text(text: bytes) -> bytes:
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


class Reader:
    """Its orders are what `order` finds in them, and when."""
    order, longest_match = ORDER, LONGEST_MATCH

    def __init__(self, address: str, token: str, web_socket: bool, never: bool):
        where = urlsplit(address)
        self.orders: list = []  # (what was found…, moment)
        self.count = 0
        self.bytes = 0
        self.ended = False
        self._tail = b""
        self.socket = socket.socket()
        if never:
            # What the kernel would take for it is not the server's doing.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((where.hostname, where.port))
        self.socket.settimeout(30)
        head = f"Host: {where.netloc}\r\nAuthorization: Bearer {token}\r\n"
        if web_socket:
            head = (f"GET /api/ws HTTP/1.1\r\n{head}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        else:
            head = f"GET /api/analytics/stream HTTP/1.1\r\n{head}\r\n"
        self.socket.sendall(head.encode() + (masked_text(SUBSCRIBE) if web_socket else b""))
        self._wait_for_overview(web_socket)
        self.socket.setblocking(False)

    def _wait_for_overview(self, web_socket: bool) -> None:
        got = b""
        while OVERVIEW[web_socket] not in got:
            more = self.socket.recv(1024)
            if not more or (b"\r\n\r\n" in got and got[9:12] not in (b"200", b"101")):
                raise RuntimeError(f"a reader was refused: {(got + more)[:300]!r}")
            got += more

    def read(self, size: int, remember: bool) -> None:
        try:
            data = self.socket.recv(size)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self.ended = True
            return
        now = time.monotonic()
        self.bytes += len(data)
        text = self._tail + data
        end = 0
        for match in self.order.finditer(text):
            self.count += 1
            end = match.end()
            if remember:
                self.orders.append((*(each.decode() for each in match.groups()), now))
        self._tail = text[max(end, len(text) - self.longest_match):]


def read_until_told(readers: list, how: str, web_socket: bool) -> None:
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    if how in ("watch", "drain"):
        for reader in readers:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
    next_pong, next_slow = time.monotonic() + PONG_SECONDS, time.monotonic()
    while True:
        for key, _ in selector.select(SLOW_SECONDS / 2):
            if key.data is None:
                return
            key.data.read(1 << 18, how == "watch")
            if key.data.ended:
                selector.unregister(key.fileobj)
        now = time.monotonic()
        if how == "slow" and now >= next_slow:
            next_slow = now + SLOW_SECONDS
            for reader in readers:
                if not reader.ended:
                    reader.read(SLOW_BYTES, False)
        if web_socket and now >= next_pong:
            next_pong = now + PONG_SECONDS
            for reader in readers:
                try:
                    reader.socket.send(PONG)
                except OSError:
                    pass


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", required=True)
    options.add_argument("--readers", type=int, required=True)
    options.add_argument("--how", choices=HOW, required=True)
    options.add_argument("--websocket", action="store_true")
    given = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    token = sys.stdin.readline().strip()
    readers = [Reader(given.address, token, given.websocket, given.how == "never") for _ in range(given.readers)]
    print("ready", flush=True)
    read_until_told(readers, given.how, given.websocket)
    json.dump([{"count": each.count, "orders": each.orders, "bytes": each.bytes, "ended": each.ended} for each in readers], sys.stdout)


if __name__ == "__main__":
    main()
