"""Reading the project's documents: their links, headings and code blocks."""

import collections
import dataclasses
import pathlib
import re
import subprocess
from typing import Iterator

from .contract import REPOSITORY

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int


@dataclasses.dataclass(frozen=True)
class Document:
    path: pathlib.Path
    text: str

    @property
    def name(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    def blocks(self, *languages: str) -> list:
        found = (Block(match[1], match[2], self.text.count("\n", 0, match.start()) + 2) for match in FENCE.finditer(self.text))
        return [block for block in found if block.language in languages]

    def prose(self) -> str:
        """The text without code blocks; lines stay where they are."""
        return FENCE.sub(lambda match: "\n" * match[0].count("\n"), self.text)

    def links(self) -> list:
        return LINK.findall(INLINE_CODE.sub("", self.prose()))

    def words_in_code(self) -> list:
        return INLINE_CODE.findall(self.prose())

    def anchors(self) -> set:
        """The ids that GitHub gives the headings."""
        anchors, seen = set(), collections.Counter()
        for heading in HEADING.findall(self.prose()):
            plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda match: match[1] or "", heading)
            slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
        return anchors


def documents() -> list:
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], cwd=REPOSITORY,
                           capture_output=True, check=True, text=True).stdout
    return [Document(REPOSITORY / name, (REPOSITORY / name).read_text(encoding="utf-8")) for name in sorted(files.split("\0")) if name]


def document(name: str) -> Document:
    return Document(REPOSITORY / name, (REPOSITORY / name).read_text(encoding="utf-8"))


def commands(block: Block) -> Iterator[str]:
    """Each line of a shell block, with those that go on put together and without remarks."""
    for line in block.text.replace("\\\n", " ").splitlines():
        command = re.sub(r"(^|\s)#.*$", "", line).strip()
        if command:
            yield command
