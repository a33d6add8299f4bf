#!/usr/bin/env python3
"""Checks every #include below src/ against the layers of CONTRIBUTING.md, and that Beast, Asio and thread
creation stay behind their walls. Prints each offence as file:line; exit status 1 when there is one.

    check_layers.py [SOURCE_ROOT]
    check_layers.py --self-test      proves that offences are found
"""

import re
import sys
import tempfile
from pathlib import Path

SERVICES = {"user", "product", "order", "analytics", "recommendation", "import", "promotion"}
# Where sockets are: elsewhere nobody sees Asio.
ASIO = ["http/beast", "runtime", "adapters/redis", "adapters/postgres/store"]
BEAST = ["http/beast", "runtime"]
GROUND = {"core", "runtime", "http", "events", "auth", "audit", "backup", "cache", "privacy"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')

# Folder prefix -> prefixes that its files may include, beside itself. The longest matching prefix rules.
RULES = {
    "core": [],
    "runtime": ["core"],
    "tls": ["core"],
    "http": ["core", "runtime"],
    "http/beast": ["core", "runtime", "http", "tls"],
    "events": ["core", "runtime"],
    "auth": ["core", "runtime", "http"],
    # The trail of what the staff did: records routes, so it knows them.
    "audit": ["core", "runtime", "http"],
    # What a backup holds and how it is written: pure.
    "backup": ["core"],
    "cache": ["core", "runtime"],
    # What services say to each other about persons.
    "privacy": ["core", "runtime", "http"],
    "gateway": ["core", "runtime", "http"],
    "web": ["core", "runtime", "http"],
    "demo": ["core", "import/domain", "import/ports"],
    "simulate": ["core", "runtime", "http"],
    # What migrations of every technology have in common.
    "adapters/migrations": ["core"],
    "adapters/sqlite/store": ["core", "runtime", "adapters/migrations"],
    "adapters/postgres/store": ["core", "runtime", "adapters/migrations"],
    "adapters/clickhouse/store": ["core", "runtime", "http", "adapters/migrations"],
    "adapters/kafka/client": ["core", "runtime"],
    # Spans on their way to a collector.
    "adapters/otlp": ["core", "runtime", "http"],
    # How the product service is asked, for the adapters of all who ask it the same.
    "adapters/http/products": ["core", "runtime", "http"],
    "app": [""],
}
for service in SERVICES:
    RULES[f"{service}/domain"] = ["core", "events"]
    # What several adapters of a port may share: pure, and no adapter itself.
    RULES[f"{service}/columns"] = ["core", "events", f"{service}/domain", f"{service}/ports"]
    # Measuring the domain on files of the past: pure as well.
    RULES[f"{service}/offline"] = ["core", "events", f"{service}/domain"]
    RULES[f"{service}/ports"] = ["core", "events", "runtime", "auth", "privacy", f"{service}/domain"]
    RULES[f"{service}/app"] = ["core", "runtime", "events", "auth", "cache", "privacy", f"{service}/domain", f"{service}/ports"]
    RULES[f"{service}/http"] = ["core", "runtime", "http", "events", "auth", "privacy", f"{service}/domain", f"{service}/ports", f"{service}/app"]
# The neural member of the recommender's portfolio knows numbers only; what products and orders are, its users know.
RULES["recommendation/neural"] = ["core"]
RULES["recommendation/domain"].append("recommendation/neural")


def rule_for(path: str):
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        prefix = "/".join(parts[:length])
        if prefix in RULES:
            return prefix, RULES[prefix]
    if parts[0] == "adapters" and len(parts) > 3:
        # adapters/<technology>/<service>: the ports it implements and the ground.
        service = parts[2]
        allowed = ["core", "runtime", "events", "cache", "privacy", "tls", f"adapters/{parts[1]}/store", f"adapters/{parts[1]}/client"]
        if service in SERVICES:
            allowed += [f"{service}/domain", f"{service}/columns", f"{service}/ports"]
        if parts[1] == "http":
            allowed += ["http", "adapters/http/products"]
        if service in GROUND:
            allowed += [service]
        if service == "promotion":
            # What rows bring along is made by the domain that they are of.
            allowed += [f"{other}/domain" for other in SERVICES]
        return "/".join(parts[:3]), allowed
    if parts[0] == "adapters":
        return "/".join(parts[:2]), ["core", "runtime"]
    return None, []


def is_within(path: str, prefix: str) -> bool:
    return prefix == "" or path == prefix or path.startswith(prefix + "/")


def offences_of(root: Path, file: Path):
    relative = file.relative_to(root).as_posix()
    is_test = relative.endswith("_test.cpp")
    own, allowed = rule_for(relative)
    if own is None and "/" in relative:
        yield 1, f"{relative} is in a folder that no layer rule knows; add one to tests/layers"
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            if re.search(r"\bstd::j?thread\b(?!::)\s*\w*\s*[({]", line) and not is_test and not is_within(relative, "runtime") \
                    and not is_within(relative, "adapters/sqlite/store"):
                yield number, "threads are made in runtime and by the store only"
            continue
        kind, target = found.groups()
        if kind == "<":
            for library, places in {"boost/asio": ASIO, "boost/beast": BEAST}.items():
                if re.match(rf"{library}[/.]", target) and not is_test \
                        and not any(is_within(relative, place) for place in places):
                    yield number, f"<{target}> stays in {', '.join(places)}"
            if target.startswith("librdkafka/") and not is_test and not is_within(relative, "adapters/kafka"):
                yield number, f"<{target}> stays in adapters/kafka"
            if target.startswith("Eigen/") and not is_within(relative, "recommendation/neural"):
                yield number, f"<{target}> stays in recommendation/neural"
            continue
        if is_test and (target.startswith("support/") or target.startswith("adapters/memory/")):
            continue
        if "/" not in relative or not own or is_within(target, own):
            continue
        if is_test and any(is_within(target, prefix) for prefix in ["http", "runtime", "core", "events"]):
            continue
        if not any(is_within(target, prefix) for prefix in allowed):
            yield number, f'"{target}" may not be included from {own}'


def check(root: Path):
    lines = []
    for file in sorted([*root.rglob("*.h"), *root.rglob("*.cpp")]):
        for number, what in offences_of(root, file):
            lines.append(f"{file.relative_to(root.parent)}:{number}: {what}")
    return lines


def self_test():
    cases = {
        "order/domain/a.h": ('#include "product/domain/b.h"', 1),
        "order/app/b.h": ('#include "order/http/c.h"', 1),
        "order/http/c.h": ('#include "order/app/b.h"\n#include "http/router.h"', 0),
        "core/d.h": ('#include "runtime/task.h"', 1),
        "adapters/sqlite/order/e.h": ('#include "order/ports/p.h"\n#include "user/ports/p.h"', 1),
        "http/f.h": ("#include <boost/beast/http.hpp>", 1),
        "http/beast/g.h": ("#include <boost/beast/http.hpp>", 0),
        "http/l.h": ("#include <boost/asio/io_context.hpp>\n#include <boost/asio.hpp>", 2),
        "adapters/redis/cache/m.cpp": ('#include <boost/asio/write.hpp>\n#include "cache/cache.h"', 0),
        "adapters/redis/cache/n.cpp": ('#include <boost/beast/core.hpp>\n#include "http/client.h"', 2),
        "adapters/postgres/store/o.cpp": ('#include <boost/asio/steady_timer.hpp>\n#include "runtime/task.h"', 0),
        "adapters/postgres/store/p.h": ('#include "order/domain/order.h"\n#include "events/order_event.h"', 2),
        "adapters/postgres/order/q.h": ('#include <boost/asio/steady_timer.hpp>\n#include "adapters/postgres/store/store.h"', 1),
        "adapters/postgres/promotion/r.h": ('#include "promotion/ports/p.h"\n#include "product/domain/d.h"\n#include "product/ports/p.h"', 1),
        "adapters/kafka/client/r.h": ('#include <librdkafka/rdkafka.h>\n#include "events/order_event.h"', 1),
        "adapters/kafka/events/s.h": ('#include "adapters/kafka/client/r.h"\n#include "events/event_log.h"', 0),
        "app/platform/t.h": ('#include <librdkafka/rdkafka.h>', 1),
        "user/app/h.cpp": ("  std::thread worker(run);", 1),
        "recommendation/neural/j.h": ('#include "recommendation/domain/k.h"\n#include <Eigen/Core>', 1),
        "recommendation/domain/k.h": ('#include "recommendation/neural/j.h"\n#include <Eigen/Core>', 1),
        "audit/u.h": ('#include "http/router.h"\n#include "user/ports/p.h"', 1),
        "adapters/sqlite/audit/v.h": ('#include "audit/chain.h"\n#include "order/ports/p.h"', 1),
        "nowhere/i.h": ("", 1),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "src"
        for name, (text, _) in cases.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = check(root)
    for name, (_, expected) in cases.items():
        got = sum(line.startswith(f"src/{name}:") for line in found)
        assert got == expected, f"{name}: {got} offences instead of {expected}: {found}"
    print(f"self-test: {len(cases)} cases, all as expected")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "src"
    offences = check(root)
    print("\n".join(offences) if offences else f"layers hold in {sum(1 for _ in root.rglob('*.h'))} headers")
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
