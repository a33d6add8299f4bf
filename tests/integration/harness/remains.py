"""Everything that a platform keeps, as bytes to be searched: files, tables, caches, topics, logs."""

import json
import pathlib
import subprocess

from . import engines


def of(data_dir: pathlib.Path, *logs: pathlib.Path) -> dict:
    """By where it is kept."""
    found = {str(path): path.read_bytes() for path in sorted(data_dir.rglob("*")) if path.is_file()}
    found.update({str(log): log.read_bytes() for log in logs})
    settings = engines.settings(data_dir)
    if settings:
        prefix = settings["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        found["postgres"] = _postgres(prefix)
        found["redis"] = _redis(prefix)
        if "CLOUDCART_KAFKA_BROKERS" in settings:
            found["kafka"] = _kafka(settings["CLOUDCART_KAFKA_TOPIC_PREFIX"])
        if "CLOUDCART_CLICKHOUSE_DATABASE" in settings:
            found["clickhouse"] = _clickhouse(prefix)
    return found


def _run(*command: str) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _postgres(prefix: str) -> bytes:
    return _run("pg_dump", "--data-only", "--inserts", f"--schema={prefix}_*", engines.addresses()["CLOUDCART_TEST_POSTGRES"])


def _redis(prefix: str) -> bytes:
    host, port = engines.addresses()["CLOUDCART_TEST_REDIS"].rsplit(":", 1)
    ask = ("redis-cli", "-h", host, "-p", port)
    keys = _run(*ask, "--scan", "--pattern", f"*{prefix}*").split()
    values = [_run(*ask, "DUMP", key.decode()) for key in keys]
    return b"\n".join([*keys, *values])


def _kafka(prefix: str) -> bytes:
    """The segments of the platform's topics as they lie on the server's disk. Texts without repetitions are in them as they are,
    also where batches are compressed."""
    folder = pathlib.Path(engines.addresses_file()).parent / "kafka"
    segments = [path for path in folder.rglob("*.log") if path.parent.name.startswith(prefix)]
    assert segments, f"no topics {prefix}* below {folder}"
    return b"\n".join(path.read_bytes() for path in segments)


def _clickhouse(database: str) -> bytes:
    tables = engines.ask_clickhouse(f"SELECT name FROM system.tables WHERE database = '{database}'").split()
    assert tables
    return b"\n".join(engines.bytes_of_clickhouse(f"SELECT * FROM {database}.{table} FORMAT JSONEachRow") for table in tables)


def places_with(remains: dict, *markers: str) -> list:
    """Where any of them stands, in whatever case, as it is or as JSON writes it."""
    wanted = {form.lower().encode() for marker in markers for form in (marker, json.dumps(marker).strip('"'))}
    return [place for place, content in remains.items() if any(form in content.lower() for form in wanted)]
