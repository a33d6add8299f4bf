"""A collector of OpenTelemetry on loopback, which reads what it gets with the official definitions."""

import functools
import gzip
import http.server
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from .contract import REPOSITORY
from .waiting import until


@functools.cache
def protocol():
    """The module with ExportTraceServiceRequest; fetched once, see scripts/engines."""
    done = subprocess.run(
        [str(REPOSITORY / "scripts/engines"), "fetch", "otlp"], capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.append(done.stdout.strip().splitlines()[-1])
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    return trace_service_pb2


KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass
class Span:
    trace: str
    id: str
    parent: str  # "" for the first of its trace
    service: str
    kind: str
    name: str
    began_at: int
    ended_at: int
    state: str
    failed: bool
    attributes: dict
    resource: dict
    links: list = field(default_factory=list)  # (trace, span)

    def __getitem__(self, key: str) -> Any:
        return self.attributes[key]


def _values(attributes) -> dict:
    found = {}
    for each in attributes:
        assert each.key not in found, f"{each.key} is there twice"
        found[each.key] = getattr(each.value, each.value.WhichOneof("value"))
    return found


def spans_of(body: bytes) -> list:
    request = protocol().ExportTraceServiceRequest()
    request.ParseFromString(body)
    # What is not known would be kept unread.
    from google.protobuf.unknown_fields import UnknownFieldSet

    found = []
    for resource_spans in request.resource_spans:
        resource = _values(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            assert scope_spans.scope.name == "cloudcart" and scope_spans.scope.version
            for span in scope_spans.spans:
                assert not list(UnknownFieldSet(span)), "a field that the protocol does not know"
                assert len(span.trace_id) == 16 and len(span.span_id) == 8 and len(span.parent_span_id) in (0, 8)
                assert any(span.trace_id) and any(span.span_id)
                found.append(Span(
                    span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), resource["service.name"],
                    KINDS[span.kind], span.name, span.start_time_unix_nano, span.end_time_unix_nano, span.trace_state,
                    span.status.code == 2, _values(span.attributes), resource,
                    [(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
                ))
    return found


class Collector:
    """Answers as `answers` says: each request with the next, (status, headers) or "hang", and then 200."""

    def __init__(self, answers=(), port: int = 0):
        self.spans: list = []
        self.requests: list = []  # headers
        self._answers = list(answers)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                collector._answer(self)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a process that was killed

        self._server = Quiet(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> "Collector":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **more: str) -> dict:
        """For the environment of a server: everything is traced."""
        named = {f"CLOUDCART_TRACING_{name.upper()}": text for name, text in more.items()}
        return {"CLOUDCART_TRACING_ENDPOINT": self.address, "CLOUDCART_TRACING_SAMPLE_RATIO": "1", **named}

    def flags(self, **more: str) -> list:
        """The same as arguments."""
        return [
            word for name, text in self.settings(**more).items()
            for word in (f"--{name.removeprefix('CLOUDCART_').lower().replace('_', '-')}", text)
        ]

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self._lock:
            self.requests.append(dict(request.headers))
            step = self._answers.pop(0) if self._answers else (200, {})
        if step == "hang":
            self._closing.wait(120)
            return
        status, headers = step
        if status == 200:
            assert request.path == "/v1/traces", request.path
            assert request.headers["Content-Type"] == "application/x-protobuf"
            assert request.headers["Content-Encoding"] == "gzip"
            found = spans_of(gzip.decompress(body))
            with self._lock:
                self.spans += found
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def of(self, trace: str) -> list:
        with self._lock:
            return [span for span in self.spans if span.trace == trace]

    def wait_for(self, trace: str, what: Callable[[list], Optional[Any]], told: str, seconds: float = 60) -> Any:
        """What `what` makes of the spans of a trace, once that is something."""
        return until(lambda: what(self.of(trace)), told, seconds)


# Who follows an order's events, by the name of the group, and in which service.
FOLLOWERS = {
    "inventory": "cloudcart-product",
    "analytics": "cloudcart-analytics",
    "experiments": "cloudcart-analytics",
    "recommendation": "cloudcart-analytics",
}


def whole_trace_of_an_order(spans: list) -> list:
    """The spans once all who follow the order have applied it, and every process has sent its own: then one parent alone is unknown,
    the client's."""
    told = [(span.service, span.kind, span.name, span.id, span.parent) for span in spans]
    followed = {span.attributes.get("messaging.consumer.group.name") for span in spans}
    assert set(FOLLOWERS) <= followed, told
    assert any(span.service == "cloudcart-gateway" and span.kind == "server" for span in spans), told
    assert len({span.parent for span in spans} - {span.id for span in spans}) == 1, told
    return spans
