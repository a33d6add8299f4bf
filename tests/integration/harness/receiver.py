"""A receiver of webhooks that can be told to misbehave."""

import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Any, Optional, Sequence

from .waiting import until


@dataclass
class Call:
    at: float
    path: str
    headers: Any
    body: bytes

    @property
    def data(self) -> dict:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        return self.headers["Idempotency-Key"]

    def check_signature(self, secret: str) -> None:
        """As the contract describes it, with nothing of the program's own."""
        parts = dict(part.split("=", 1) for part in self.headers["X-CloudCart-Signature"].split(","))
        assert set(parts) == {"t", "v1"}
        assert abs(int(parts["t"]) - self.at) < 5
        signed = parts["t"].encode() + b"." + self.body
        assert hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), parts["v1"])


class Receiver:
    """Listens on loopback and answers each call with the next of `script`: a status, "hang" (no answer while it lives)
    or "drop" (the connection is closed). After the script it answers 204."""

    def __init__(self, script: Sequence = (), port: int = 0, certificate: Optional["Certificate"] = None):
        self.calls: list = []
        self.script = list(script)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver._answer(self)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that hangs up, which some tests are about

        self._server = Quiet(("127.0.0.1", port), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.file, certificate.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self._server.server_address[1]}{path}"

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self._lock:
            self.calls.append(Call(time.time(), request.path, request.headers, body))
            step = self.script.pop(0) if self.script else 204
        if step == "hang":
            self._closing.wait(60)
        elif step != "drop":
            request.send_response(step)
            if 300 <= step < 400:
                request.send_header("Location", "/elsewhere")
            request.send_header("Content-Length", "0")
            request.end_headers()

    def wait_for(self, count: int, seconds: float = 15) -> list:
        """All calls once there are so many."""
        return until(lambda: self.calls if len(self.calls) >= count else None, f"{count} calls", seconds)


class Certificate:
    """Made by the openssl command: signed by `authority`, or an authority itself."""

    def __init__(self, folder: pathlib.Path, name: str, alt_names: str = "", authority: Optional["Certificate"] = None):
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        command = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-keyout", self.key, "-out", self.file,
        ]
        if alt_names:
            command += ["-addext", f"subjectAltName={alt_names}", "-addext", "basicConstraints=critical,CA:FALSE"]
        if authority:
            command += ["-CA", authority.file, "-CAkey", authority.key]
        subprocess.run(list(map(str, command)), check=True, capture_output=True)
