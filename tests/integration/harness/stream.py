"""Reading server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import json
import queue
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Optional

import requests

from .client import Client


@dataclass
class Event:
    name: str
    data: Any
    id: Optional[str]


class Stream:
    """An open stream whose events are read in the background."""

    def __init__(self, client: Client, params: Optional[dict] = None, last_event_id: Optional[str] = None):
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self.response = client.send(
            "GET", "/api/analytics/stream", params=params, headers=headers, stream=True
        )
        assert self.response.status_code == 200, (self.response.status_code, self.response.text)
        assert self.response.headers["Content-Type"].split(";")[0] == "text/event-stream"
        assert self.response.headers["X-Request-Id"]
        self.last_id: Optional[str] = None
        self.ended = threading.Event()
        self._events: queue.Queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_) -> None:
        self.response.close()
        self._reader.join(5)

    def _read(self) -> None:
        name, data = "message", []
        try:
            for line in self.response.iter_lines(chunk_size=1, decode_unicode=True):
                if line == "":
                    if data:
                        self._events.put(Event(name, json.loads("\n".join(data)), self.last_id))
                    name, data = "message", []
                    continue
                field, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    self.last_id = value
        except (requests.RequestException, AttributeError, ValueError, OSError):
            # Closing the connection from the other thread or the server's end of it surfaces here in several ways.
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
