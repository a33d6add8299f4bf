"""Reading server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import http.client
import json
import queue
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Optional
from urllib.parse import urlencode, urlsplit

from .client import TIMEOUT_SECONDS, Client


@dataclass
class Event:
    name: str
    data: Any
    id: Optional[str]


class Stream:
    """An open stream whose events are read in the background."""

    def __init__(self, client: Client, params: Optional[dict] = None, last_event_id: Optional[str] = None):
        self.last_id: Optional[str] = None
        self.ended = threading.Event()
        self._events: queue.Queue = queue.Queue()
        where = urlsplit(client.base)
        # Not through the client's library: that one cannot end a read that waits in another thread.
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=TIMEOUT_SECONDS)
        self._connection.connect()
        self._socket = self._connection.sock
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {client.token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self._connection.request("GET", "/api/analytics/stream?" + urlencode(params or {}), headers=headers)
        self._response = self._connection.getresponse()
        assert self._response.status == 200, (self._response.status, self._response.read())
        assert self._response.headers["Content-Type"].split(";")[0] == "text/event-stream"
        assert self._response.headers["X-Request-Id"]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The server has closed it before.
            pass
        self._reader.join(5)
        self._connection.close()

    def _read(self) -> None:
        name, data = "message", []
        try:
            while line := self._response.readline():
                text = line.decode("utf-8").rstrip("\r\n")
                if text == "":
                    if data:
                        self._events.put(Event(name, json.loads("\n".join(data)), self.last_id))
                    name, data = "message", []
                    continue
                field, _, value = text.partition(":")
                value = value.removeprefix(" ")
                if field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    self.last_id = value
        except (OSError, http.client.HTTPException):
            # An end in the middle of a chunk, ours or the server's; what came before it counts.
            pass
        finally:
            self.ended.set()

    def next(self, wanted: Callable[[Event], bool], what: str, seconds: float = 10) -> Event:
        """The next event that is wanted; those before it are dropped."""
        deadline = time.monotonic() + seconds
        seen = []
        while True:
            try:
                event = self._events.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not within {seconds} s: {what}; came: {seen}") from None
            if wanted(event):
                return event
            seen.append((event.name, event.id))
