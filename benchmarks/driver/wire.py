"""Raw keep-alive connections: what http.client spends on an answer would show beside answers of some tenths of a millisecond."""

import re
import socket
from urllib.parse import urlsplit

from .trouble import Invalid

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_AT_ONCE = 1 << 20


def encoded(address: str, token: str, method: str, target: str, body=b"") -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\nAuthorization: Bearer {token}\r\n"
    if method != "GET":
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Answers:
    """Puts one answer after the other together from what comes off a connection. Only one may be under way."""

    def __init__(self):
        self._got, self._body_at, self._end = bytearray(), 0, None

    def add(self, data: bytes):
        """Status and body once the answer is whole, else None."""
        self._got += data
        if self._end is None:
            head_end = self._got.find(b"\r\n\r\n")
            if head_end < 0:
                return None
            length = _LENGTH.search(self._got, 0, head_end + 2)
            if length is None:
                raise Invalid(f"an answer without a length: {bytes(self._got[:200])!r}")
            self._body_at = head_end + 4
            self._end = self._body_at + int(length[1])
        if len(self._got) < self._end:
            return None
        status, body = int(self._got[9:12]), bytes(self._got[self._body_at : self._end])
        self._got, self._end = bytearray(), None
        return status, body


class Wire:
    def __init__(self, address: str, blocking=True):
        where = urlsplit(address)
        self.socket = socket.create_connection((where.hostname, where.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not blocking:
            self.socket.setblocking(False)
        self._answers = Answers()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, request: bytes) -> None:
        """A request fits into what the kernel holds: it is sent whole also where the connection does not block."""
        self.socket.sendall(request)

    def receive(self):
        """Status and body when an answer has become whole, else None."""
        data = self.socket.recv(_AT_ONCE)
        if not data:
            raise Invalid("the server closed a connection that had a request under way")
        return self._answers.add(data)

    def ask(self, request: bytes) -> tuple:
        """Status and body of the answer; waits for it."""
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer
