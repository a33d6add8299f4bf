"""Request sets, and runs of the load generator with them."""

import json
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .program import Program, Server
from .trouble import Invalid, Unusable

ORDER_LINES = 3


def order_requests(people, products: list, zipf: float) -> dict:
    lines = ",".join(f'{{"product_id":"{{{{product#{n}}}}}","quantity":{1 + n % 2}}}' for n in range(1, ORDER_LINES + 1))
    return {
        "lists": {"product": {"rows": products, "zipf": zipf},
                  "user": {"columns": ["id", "token"], "rows": [list(pair) for pair in people.customers]}},
        "requests": [{
            "name": f"{ORDER_LINES}-line order", "method": "POST", "path": "/api/orders",
            "headers": {"Authorization": "Bearer {{user.token}}"},
            "body": '{"user_id":"{{user.id}}","items":[' + lines + '],"shipping_address":"12 St James Square, London SW1Y 4JH"}',
        }],
    }


def get_requests(name: str, path: str, lists: dict) -> dict:
    return {"lists": lists, "requests": [{"name": name, "method": "GET", "path": path}]}


class Profiler:
    """`perf record` on a process for some seconds; afterwards a summary by thread and by symbol."""

    def __init__(self, folder: Path, out: Path):
        if shutil.which("perf") is None:
            raise Unusable("--profile needs perf (Debian: apt-get install linux-perf)")
        self._data, self._out = folder / "perf.data", out

    def command(self, pid: int, delay: float, seconds: float) -> list:
        return ["sh", "-c", 'sleep "$0" && exec perf record -q -F 499 -g -o "$1" -p "$2" -- sleep "$3"', str(delay),
                self._data, str(pid), str(seconds)]

    @contextmanager
    def recording(self, pid: int):
        """For as long as the block runs."""
        with processes.running(self.command(pid, 0, 24 * 3600), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as perf:
            yield
            processes.end(perf, signal.SIGINT)

    def summarise(self) -> str:
        """The summary as text; also written to the file."""
        parts = []
        for title, order in (("threads", ["--no-children", "--sort", "comm"]),
                             ("symbols, themselves", ["--no-children", "--sort", "symbol"]),
                             ("symbols with what they call", ["--children", "--sort", "symbol"]),
                             ("symbols by thread", ["--no-children", "--sort", "comm,symbol"])):
            done = processes.output_of(["perf", "report", "-i", self._data, "--stdio", "-g", "none", "--percent-limit", "0.4", *order])
            # perf pads symbols to the longest one, and puts columns behind them that say nothing here.
            lines = [re.sub(r"(\s+-)*\s*$", "", line) for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
            if not lines:
                raise Invalid(f"perf took no samples: {done.stderr.strip()[-300:]}")
            parts.append("\n".join([f"== {title}", *lines[:60], ""]))
        text = "\n".join(parts)
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._out.write_text(text, encoding="utf-8")
        return text


def _command(program: Program, server: Server, service: str, requests, *, connections: int, duration: float, warm_up: float,
             rate=None, keyed=False, sample_every=1.0, seed=1) -> list:
    command = [program.generator, "--address", server.addresses[service], "--connections", connections, "--duration",
               f"{duration}s", "--warm-up", f"{warm_up}s", "--sample-every", f"{sample_every}s", "--seed", seed,
               "--pid", server.pid, "--json"]
    if isinstance(requests, str):
        command += ["--get", requests]
    else:
        file = server.log.parent / "requests.json"
        file.write_text(json.dumps(requests), encoding="utf-8")
        command += ["--requests", file]
    if rate is not None:
        command += ["--rate", rate]
    if keyed:
        command.append("--keyed")
    return command


def _report(generator, out: str, error: str) -> dict:
    if generator.returncode == 2 or not out:
        raise Invalid(f"the load generator ended with {generator.returncode}: {error.strip()}")
    return json.loads(out)


def run_load(program: Program, server: Server, service: str, requests, *, profiler=None, **settings) -> dict:
    """The generator's report on `requests` (a request set, or a path) against a service of the server."""
    command = _command(program, server, service, requests, **settings)
    with processes.running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as generator:
        if profiler:
            delay, seconds = settings["warm_up"], max(1, settings["duration"] - 1)
            with processes.running(profiler.command(server.pid, delay, seconds),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as perf:
                out, error = generator.communicate()
                # It writes its file once it has ended.
                perf.wait(60)
        else:
            out, error = generator.communicate()
    return _report(generator, out, error)


@contextmanager
def load_beside(program: Program, server: Server, service: str, requests, *, connections: int, rate: float):
    """Load that goes on until the block ends; the dict that it yields is the generator's report then."""
    command = _command(program, server, service, requests, connections=connections, duration=24 * 3600, warm_up=0, rate=rate,
                       sample_every=10)
    report: dict = {}
    with processes.running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as generator:
        yield report
        generator.send_signal(signal.SIGINT)
        out, error = generator.communicate(timeout=60)
    report.update(_report(generator, out, error))
    if report.get("ended_early") == "interrupted":
        del report["ended_early"]


def problems_of(report: dict, good_status: str) -> list:
    """Why a run does not count; empty when it does."""
    found = []
    whole = report["whole_run"]
    others = {status: count for status, count in whole["statuses"].items() if status != good_status}
    if others:
        found.append(f"answers other than {good_status}: {others}; the first: {report.get('first_refused', '?')}")
    if whole["errors"]:
        found.append(f"requests without an answer: {whole['errors']} {report.get('first_malformed', '')}".rstrip())
    for name in ("dropped", "unsent", "unfinished"):
        if report[name]:
            found.append(f"{report[name]} requests {name}: the server did not keep up")
    if report.get("ended_early"):
        found.append(report["ended_early"])
    if not found and not report["taken_us"]["count"]:
        found.append("nothing was measured")
    return found
