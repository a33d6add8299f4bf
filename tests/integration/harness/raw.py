"""Requests that no HTTP library would send."""

import socket
import time
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit


@dataclass
class RawAnswer:
    status: Optional[int]  # None: the connection was closed without an answer
    text: str
    closed: bool


def exchange(base: str, request: bytes, seconds: float = 10) -> RawAnswer:
    """Sends the bytes and reads until the server closes, or until a whole answer with a length has come."""
    where = urlsplit(base)
    deadline = time.monotonic() + seconds
    received = b""
    closed = False
    with socket.create_connection((where.hostname, where.port), timeout=seconds) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            # The server may refuse before it has read everything.
            pass
        while time.monotonic() < deadline:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            # Once the answer is whole, only whether the connection is closed is still of interest.
            if _is_whole(received):
                connection.settimeout(0.5)
            try:
                chunk = connection.recv(65536)
            except ConnectionResetError:
                closed = True
                break
            except socket.timeout:
                break
            if not chunk:
                closed = True
                break
            received += chunk
    text = received.decode("utf-8", errors="replace")
    status = int(text.split(" ", 2)[1]) if text.startswith("HTTP/1.") else None
    return RawAnswer(status, text, closed)


def _is_whole(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return len(body) >= int(value)
    return False
