"""The gateway and the dashboard by HTTPS: requests, streams, WebSockets, a renewed certificate, and mistakes that say what to mend."""

import os
import socket
import ssl
import subprocess
from urllib.parse import urlsplit

import pytest

from harness.server import Server, environment, binary
from harness.waiting import until


def make_certificate(folder, name):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        check=True, capture_output=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder, "first.example")
    return folder


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    env = {"CLOUDCART_TLS_CERTIFICATE": str(folder / "certificate.pem"), "CLOUDCART_TLS_KEY": str(folder / "key.pem")}
    with Server(tmp_path_factory.mktemp("tls") / "data", env=env) as server:
        yield server


def connect(server, folder, front="gateway"):
    """A connection that accepts the certificate in the folder and no other."""
    where = urlsplit(server.addresses[front])
    trust = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    trust.set_alpn_protocols(["http/1.1"])
    plain = socket.create_connection((where.hostname, where.port), timeout=10)
    return trust.wrap_socket(plain, server_hostname="127.0.0.1")


def ask(connection, target, *fields):
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", *fields]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.decode().split("\r\n")[1:])}
    while len(body) < int(fields.get("content-length", 0)):
        body += connection.recv(65536)
    return int(head.split(b" ")[1]), fields, body


def test_addresses_say_https_where_it_is_spoken(server):
    fronts = {name for name, address in server.addresses.items() if address.startswith("https://")}
    assert fronts == {"gateway", "dashboard"}
    assert "https://" in server.printed()


@pytest.mark.parametrize("front", ["gateway", "dashboard"])
def test_requests_on_a_kept_connection(server, folder, front):
    with connect(server, folder, front) as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3") and connection.selected_alpn_protocol() == "http/1.1"
        for _ in range(3):
            status, fields, _ = ask(connection, "/health")
            assert status == 200 and fields["connection"] == "keep-alive"
        assert fields["strict-transport-security"].startswith("max-age=31536000")


def test_services_among_each_other_stay_plain_and_say_nothing_of_https(server):
    where = urlsplit(server.addresses["product"])
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        _, fields, _ = ask(connection, "/health")
    assert "strict-transport-security" not in fields


def test_a_web_socket_and_a_stream(server, folder, contract):
    server.add_user("analyst@example.com", "analyst", "correct horse battery")
    body = b'{"email":"analyst@example.com","password":"correct horse battery"}'
    with connect(server, folder) as connection:
        connection.sendall(
            b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        )
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    token = text.split('"token":"')[1].split('"')[0]
    with connect(server, folder) as stream:
        status, fields, _ = ask(stream, "/api/analytics/stream", f"Authorization: Bearer {token}")
        assert status == 200 and fields["content-type"].startswith("text/event-stream")
        received = b""
        while b"event: overview" not in received:
            more = stream.recv(65536)
            assert more, received
            received += more
    with connect(server, folder) as talk:
        status, fields, _ = ask(
            talk, "/api/ws", f"Authorization: Bearer {token}", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        assert status == 101 and fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_client_that_speaks_plainly_is_told(server):
    where = urlsplit(server.addresses["gateway"])
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        status, _, body = ask(connection, "/health")
    assert status == 400 and b"https://" in body


def test_metrics_tell_when_the_certificate_ends(server, folder):
    with connect(server, folder) as connection:
        _, _, body = ask(connection, "/metrics")
    told = next(line for line in body.decode().splitlines() if line.startswith("cloudcart_tls_certificate_expiry_timestamp_seconds "))
    ends = subprocess.run(["openssl", "x509", "-in", str(folder / "certificate.pem"), "-noout", "-enddate"],
                          check=True, capture_output=True, text=True).stdout.strip().removeprefix("notAfter=")
    assert float(told.split(" ")[1]) == ssl.cert_time_to_seconds(ends)


def test_a_renewed_certificate_needs_no_restart(server, folder):
    with connect(server, folder) as kept:
        make_certificate(folder, "second.example")
        until(lambda: shown_name(server) == "second.example", "new connections see the new certificate", 20)
        assert ask(kept, "/health")[0] == 200, "who is connected stays so"
    with connect(server, folder) as connection:
        assert ask(connection, "/health")[0] == 200
    # Half of a pair: the certificate before goes on, and the log says why.
    kept_key = (folder / "key.pem").read_bytes()
    os.remove(folder / "key.pem")
    until(lambda: "tls.key: cannot read" in server.printed(), "the log names the file", 20)
    assert shown_name(server) == "second.example"
    (folder / "key.pem").write_bytes(kept_key)


def shown_name(server):
    where = urlsplit(server.addresses["gateway"])
    pem = ssl.get_server_certificate((where.hostname, where.port))
    shown = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True, check=True)
    return shown.stdout.split("=")[-1].strip()


@pytest.mark.parametrize("certificate, key, message", [
    ("missing.pem", "key.pem", "tls.certificate: cannot read"),
    ("certificate.pem", "missing.pem", "tls.key: cannot read"),
    ("key.pem", "key.pem", "holds no certificate in PEM form"),
    ("certificate.pem", "certificate.pem", "holds no private key in PEM form"),
    ("certificate.pem", "other.pem", "is not the key of the certificate"),
    ("certificate.pem", None, "tls.key must be set too"),
])
def test_mistakes_are_told_at_the_start(folder, tmp_path, certificate, key, message):
    make_certificate(tmp_path, "other.example")
    os.rename(tmp_path / "key.pem", folder / "other.pem")
    env = {"CLOUDCART_TLS_CERTIFICATE": str(folder / certificate)}
    if key:
        env["CLOUDCART_TLS_KEY"] = str(folder / key)
    done = subprocess.run(
        [str(binary()), "serve", "--data-dir", str(tmp_path / "data"), "--port-gateway", "0"],
        env=environment(env), capture_output=True, text=True, timeout=60,
    )
    assert done.returncode in (1, 2) and message in done.stderr, done.stderr
