"""Slow clients, many in one process: python3 slow_crowd.py --address URL --heads N --bodies N --answers N --streams N --sockets N

Prints "ready" once all have connected, keeps as many open (who is left by the server comes again) until its standard input ends,
and then prints one JSON object: how often each kind was left, and how many connections were refused."""

import argparse
import json
import resource
import select
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

KINDS = {
    "heads": "sends a head byte by byte and never ends it",
    "bodies": "announces 1 MB, sends most of it at once and the rest byte by byte",
    "answers": "asks for large answers and reads nothing",
    "streams": "follows the event stream and reads nothing",
    "sockets": "opens a WebSocket and reads nothing",
}
DRIP_SECONDS = 1.0
AT_ONCE = {"bodies": 64 << 10}
PIPELINED = 20


def opening(kind: str, host: str, token: str) -> bytes:
    if kind == "heads":
        return f"GET /api/products HTTP/1.1\r\nHost: {host}\r\nX-Slow: ".encode()
    if kind == "bodies":
        head = f"POST /api/users/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
        return head.encode() + b" " * AT_ONCE["bodies"]
    if kind == "answers":
        return f"GET /openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * PIPELINED
    head = f"Host: {host}\r\nAuthorization: Bearer {token}\r\n"
    if kind == "streams":
        return f"GET /api/analytics/stream HTTP/1.1\r\n{head}\r\n".encode()
    return (f"GET /api/ws HTTP/1.1\r\n{head}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()


class Crowd:
    def __init__(self, address: str, token: str):
        self._where, self._token = urlsplit(address), token
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        self.left = dict.fromkeys(KINDS, 0)
        self.refused = 0
        self._open: dict = {}

    def connect(self, kind: str) -> None:
        client = socket.socket()
        # What the kernel would take for it is not the server's doing.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(30)
        try:
            client.connect((self._where.hostname, self._where.port))
            client.setblocking(False)
            client.send(opening(kind, self._where.netloc, self._token))
        except OSError:
            self.refused += 1
            client.close()
            return
        self._open[client] = kind

    def come_again(self, client: socket.socket) -> None:
        kind = self._open.pop(client)
        self.left[kind] += 1
        client.close()
        self.connect(kind)

    def is_gone(self, client: socket.socket) -> bool:
        """Seen without reading what the server has sent."""
        poll = select.poll()
        poll.register(client, select.POLLRDHUP)
        return bool(poll.poll(0))

    def drip(self, client: socket.socket, kind: str) -> None:
        try:
            if kind in ("heads", "bodies"):
                client.send(b" ")
        except BlockingIOError:
            pass
        except OSError:
            self.come_again(client)

    def run(self) -> None:
        """A byte of each, spread over the time between two."""
        while True:
            began = time.monotonic()
            clients = list(self._open.items())
            for number, (client, kind) in enumerate(clients):
                if self.is_gone(client):
                    self.come_again(client)
                else:
                    self.drip(client, kind)
                if number % 50 == 49 and self._told_to_end(max(0.0, began + DRIP_SECONDS * number / len(clients) - time.monotonic())):
                    return
            if self._told_to_end(max(0.0, began + DRIP_SECONDS - time.monotonic())):
                return

    def _told_to_end(self, seconds: float) -> bool:
        return bool(self._selector.select(seconds))

    @property
    def size(self) -> int:
        return len(self._open)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", required=True)
    for kind, what in KINDS.items():
        options.add_argument(f"--{kind}", type=int, default=0, help=what)
    given = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = Crowd(given.address, sys.stdin.readline().strip())
    for kind in KINDS:
        for _ in range(getattr(given, kind)):
            crowd.connect(kind)
    print("ready", flush=True)
    crowd.run()
    json.dump({"open": crowd.size, "left": crowd.left, "refused": crowd.refused}, sys.stdout)


if __name__ == "__main__":
    main()
