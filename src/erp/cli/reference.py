"""`erp settings`: the reference of every variable, written from the settings object itself."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from erp.cli.described import SECTIONS, Described
from erp.kernel.settings import OLD_NAMES, Settings

OPEN = ("ENVIRONMENT", "SECRET_KEY")  # what everybody sets: `make run` fills these in
HEAD = """\
# Settings of Cloud ERP Lite, written by `erp settings`. `make run` copies this file to .env with
# ENVIRONMENT=local and a fresh SECRET_KEY. A commented line shows the default, or a sample where
# there is none. Variables of the process win over this file, and NAME_FILE=path reads any of them
# from a file.
"""
MARKDOWN_HEAD = """\
# Settings

Written by `erp settings --markdown`; `erp settings` writes `.env.example`. Variables of the process
win over `.env`, which is looked for from the working directory upward. `NAME_FILE=/path` reads
`NAME` from a file. An empty variable counts as unset. Unknown keys in `.env` are named in the log.
Older names are read too; if two names of one setting disagree, the start is refused.
"""


def env_example() -> str:
    """`.env.example`: each variable once, with a sentence, its values and its older names."""
    sections = [f"\n# --- {title} ---\n\n{_section(texts)}" for title, texts in SECTIONS.items()]
    return HEAD + "\n".join(sections)


def _section(texts: dict[str, Described]) -> str:
    return "\n".join(_entry(name, told) for name, told in texts.items())


def _entry(name: str, told: Described) -> str:
    notes = "".join(f"# {line}\n" for line in (told.sentence, *_notes(name)))
    value = _default(name) if told.sample is None else told.sample
    return f"{notes}{'' if name in OPEN else '#'}{name}={value}\n"


def _notes(name: str) -> Iterator[str]:
    if choices := list(choices_of(_field(name).annotation)):
        yield f"Values: {', '.join(choices)}."
    if name in OLD_NAMES:
        yield f"Older names: {', '.join(OLD_NAMES[name])}."


def markdown() -> str:
    """`docs/settings.md`: a table for each subject."""
    return MARKDOWN_HEAD + "".join(_table(title, texts) for title, texts in SECTIONS.items())


def _table(title: str, texts: dict[str, Described]) -> str:
    rows = [_row(name, told) for name, told in texts.items()]
    head = "| variable | default | meaning |\n| --- | --- | --- |\n"
    return f"\n## {title[0].upper()}{title[1:]}\n\n{head}{''.join(rows)}"


def _row(name: str, told: Described) -> str:
    default = _default(name)
    cells = (
        f"`{name}`",
        f"`{default}`" if default else "",
        " ".join((told.sentence, *_notes(name))),
    )
    return f"| {' | '.join(cells)} |\n"


def _field(name: str) -> FieldInfo:
    return Settings.model_fields[name.lower()]


def _default(name: str) -> str:
    return shown(_field(name).default)


def shown(value: Any) -> str:
    """A default as one would write it into `.env`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(map(shown, value)) if isinstance(value, list) else str(value)


def choices_of(annotation: Any) -> Iterator[str]:
    """The words that a setting may be, where it takes only some."""
    if annotation is bool:
        yield from ("true", "false")
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from choices_of(part)
