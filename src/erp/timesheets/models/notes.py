"""Tags in notes, such as `[prio:normal]`. The note stays the truth; tags are read off it."""

import re
from typing import NamedTuple

MOST_TAGS = 20
TAG = re.compile(r"\[([A-Za-z0-9_-]{1,32}):([^\[\]\r\n]{1,64})\]")


class Tag(NamedTuple):
    """A name in lower case and a value as it was written."""

    name: str
    value: str


def read_tags(note: str | None) -> list[Tag]:
    """The tags of a note in their order, each once, 20 at most; other brackets are just text."""
    found: dict[Tag, None] = {}
    for name, value in TAG.findall(note or ""):
        if kept := value.strip():
            found.setdefault(Tag(name.lower(), kept))
    return list(found)[:MOST_TAGS]
