"""The migrations of the stores, as the program has them built in."""

import hashlib
import re
import uuid
from typing import List, NamedTuple

from .contract import REPOSITORY


class Migration(NamedTuple):
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def of(technology: str, store: str) -> List[Migration]:
    """In order."""
    found = []
    for file in sorted((REPOSITORY / "migrations" / technology / store).glob("*.sql")):
        number, name = re.fullmatch(r"(\d+)_(.+)", file.stem).groups()
        found.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    return found


def apply_to_file(connection, migration: Migration) -> None:
    """As the program does it: one transaction, which also records it. `connection` is one of sqlite3 with isolation_level None."""
    connection.create_function("uuid_bytes", 1, lambda text: uuid.UUID(text).bytes if text else None, deterministic=True)
    connection.create_function("uuid_text", 1, lambda held: str(uuid.UUID(bytes=held)) if held else None, deterministic=True)
    recorded = f"INSERT INTO schema_migrations(version, name, checksum) VALUES({migration.version}, '{migration.name}', '{migration.checksum}')"
    connection.executescript(f"BEGIN IMMEDIATE;\n{migration.sql}\n;{recorded};COMMIT;")
