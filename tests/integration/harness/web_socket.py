"""A WebSocket client (RFC 6455) that can also do what no library would: byte by byte, on a plain socket."""

import base64
import json
import os
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from .client import TIMEOUT_SECONDS, Client

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass
class Frame:
    opcode: int
    payload: bytes

    @property
    def close_code(self) -> Optional[int]:
        assert self.opcode == CLOSE, self
        return struct.unpack(">H", self.payload[:2])[0] if self.payload else None


def frame(opcode: int, payload: bytes = b"", last: bool = True, masked: bool = True) -> bytes:
    """A client's frame."""
    head = bytes([(0x80 if last else 0) | opcode])
    flag = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([flag | len(payload)])
    elif len(payload) < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Refused(AssertionError):
    """The handshake was answered with something else than 101."""

    def __init__(self, head: str, body: bytes):
        super().__init__(head)
        self.status = int(head.split(" ", 2)[1])
        self.head = head
        self.code = json.loads(body)["code"] if body.startswith(b"{") else None


class WebSocket:
    """An open socket. Pings of the server are answered while something is waited for."""

    def __init__(self, client: Client, headers: Optional[dict] = None, by_subprotocol: bool = False,
                 receive_buffer: Optional[int] = None):
        where = urlsplit(client.base)
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(TIMEOUT_SECONDS)
        self._socket.connect((where.hostname, where.port))
        sent = {
            "Host": where.netloc, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        }
        if client.token and by_subprotocol:
            sent["Sec-WebSocket-Protocol"] = f"cloudcart, bearer.{client.token}"
        elif client.token:
            sent["Authorization"] = f"Bearer {client.token}"
        sent.update(headers or {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value is not None)
        self._socket.sendall(f"GET /api/ws HTTP/1.1\r\n{lines}\r\n".encode())
        self._unread = b""
        self._fragments = b""
        self._read_head()

    def __enter__(self) -> "WebSocket":
        return self

    def __exit__(self, *_) -> None:
        self._socket.close()

    def _read_head(self) -> None:
        while b"\r\n\r\n" not in self._unread:
            assert self._more(), f"the connection ended in the head: {self._unread!r}"
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        self.head = head.decode()
        if not self.head.startswith("HTTP/1.1 101 "):
            length = self.header("Content-Length")
            while length and len(self._unread) < int(length) and self._more():
                pass
            self._socket.close()
            raise Refused(self.head, self._unread)

    def header(self, name: str) -> Optional[str]:
        for line in self.head.split("\r\n")[1:]:
            field, _, value = line.partition(":")
            if field.lower() == name.lower():
                return value.strip()
        return None

    def _more(self) -> bool:
        try:
            chunk = self._socket.recv(65536)
        except ConnectionResetError:
            return False
        self._unread += chunk
        return bool(chunk)

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def say(self, **message: Any) -> None:
        self.send_bytes(frame(TEXT, json.dumps(message).encode()))

    def next_frame(self, seconds: float = 10) -> Optional[Frame]:
        """The next frame of any kind, or None at the end of the connection."""
        deadline = time.monotonic() + seconds
        while (whole := self._take_frame()) is None:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                if not self._more():
                    return None
            except TimeoutError:
                raise AssertionError(f"no frame within {seconds} s; {len(self._unread)} bytes of one") from None
        return whole

    def _take_frame(self) -> Optional[Frame]:
        data = self._unread
        if len(data) < 2:
            return None
        assert data[1] & 0x80 == 0, "a server's frame is not masked"
        assert data[0] & 0xF0 == 0x80, "this server does not fragment, and has agreed on no extension"
        length, at = data[1] & 0x7F, 2
        if length >= 126:
            wide = 2 if length == 126 else 8
            if len(data) < 2 + wide:
                return None
            length, at = int.from_bytes(data[2 : 2 + wide], "big"), 2 + wide
        if len(data) < at + length:
            return None
        self._unread = data[at + length :]
        return Frame(data[0] & 0x0F, data[at : at + length])

    def next(self, wanted: Callable[[dict], bool], what: str, seconds: float = 10) -> dict:
        """The next message that is wanted; those before it are dropped."""
        deadline = time.monotonic() + seconds
        seen = []
        while True:
            try:
                got = self.next_frame(deadline - time.monotonic())
            except AssertionError:
                raise AssertionError(f"not within {seconds} s: {what}; came: {seen}") from None
            assert got is not None and got.opcode != CLOSE, f"the end came before {what}: {got}, after {seen}"
            if got.opcode == PING:
                self.send_bytes(frame(PONG, got.payload))
            if got.opcode != TEXT:
                continue
            message = json.loads(got.payload.decode("utf-8"))
            if wanted(message):
                return message
            seen.append(message["type"])

    def next_of(self, type: str, seconds: float = 10) -> dict:
        return self.next(lambda message: message["type"] == type, type, seconds)

    def subscribe(self, *topics: str, **more: Any) -> dict:
        self.say(action="subscribe", topics=topics, **more)
        return self.next_of("subscribed")

    def goodbye(self, seconds: float = 10) -> Optional[int]:
        """The code of the server's close frame, which must come and be followed by the end of the connection."""
        deadline = time.monotonic() + seconds
        while True:
            got = self.next_frame(deadline - time.monotonic())
            assert got is not None, "the connection ended without a close frame"
            if got.opcode == CLOSE:
                break
        assert self.next_frame(3) is None, "something follows a close frame"
        return got.close_code
