"""A small HTTP client that says honestly whether an answer came."""

import http.client
import json
import socket
import time
from typing import Optional, Tuple
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


class Lost(Exception):
    """The connection ended before the answer was read: the request may or may not have been done."""


class Wire:
    """One kept connection; not for several threads at once."""

    def __init__(self, base: str, timeout: float = TIMEOUT_SECONDS, patience: float = 0):
        """`patience`: for so many seconds a GET that is answered 503 is asked again."""
        self._patience = patience
        where = urlsplit(base)
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
        self.retry_after: Optional[str] = None

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def ask(
        self, method: str, path: str, token: Optional[str] = None, body: Optional[dict] = None, key: Optional[str] = None
    ) -> Tuple[int, dict]:
        """Status and body; `retry_after` is that of this answer."""
        give_up = time.monotonic() + self._patience
        while True:
            status, answer = self._ask(method, path, token, body, key)
            if status != 503 or method != "GET" or time.monotonic() >= give_up:
                return status, answer
            time.sleep(0.05)

    def _ask(
        self, method: str, path: str, token: Optional[str], body: Optional[dict], key: Optional[str]
    ) -> Tuple[int, dict]:
        headers = {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        try:
            if self._connection.sock is None:
                self._connection.connect()
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Lost(f"{type(error).__name__}: {error}") from None
        self.retry_after = response.headers.get("Retry-After")
        return response.status, json.loads(text) if text else {}
