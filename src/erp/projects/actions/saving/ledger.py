"""What becomes of each item of a batch, and the records its items name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args
from uuid import UUID

from erp.kernel.batch import BatchRefused, Outcome
from erp.kernel.errors import NotFound, Refusal, wrong_field
from erp.kernel.http import ProblemField
from erp.projects.schemas.saving import Counts, Item, Named, SavedItem, SavedOut, Section

R = TypeVar("R")
Key = tuple[str, str]


def external_key(known: Any) -> Key | None:
    """What another system knows the record by, as the record or an item says."""
    if known.external_source is None or known.external_id is None:
        return None
    return (known.external_source, known.external_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the items of a batch name the records of one kind."""

    ids: frozenset[UUID]
    keys: frozenset[Key]

    @classmethod
    def by(cls, items: Iterable[Item | Named | None]) -> "Wanted":
        """Everything that is named without a `ref`."""
        named = [each for each in items if each is not None]
        ids = {each.id for each in named if each.id is not None}
        keys = {key for each in named if (key := external_key(each)) is not None}
        return cls(frozenset(ids), frozenset(keys))

    def matches(self, model: Any) -> Any:
        """The rows that may be meant: with thousands of them the pairs are told apart in memory."""
        sources, ids = {key[0] for key in self.keys}, {key[1] for key in self.keys}
        return model.id.in_(self.ids) | (
            model.external_source.in_(sources) & model.external_id.in_(ids)
        )


@dataclass(slots=True)
class Names(Generic[R]):
    """Finds the records of one kind as the items name them."""

    by_id: dict[UUID, R] = field(default_factory=dict)
    by_key: dict[Key, R] = field(default_factory=dict)
    by_ref: dict[str, R] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)

    def know(self, record: Any, key: Key | None = None) -> None:
        """A record that exists."""
        self.by_id[record.id] = record
        if key is not None:
            self.by_key[key] = record

    def find(self, item: Item) -> R | None:
        """The record an item is about; none if it is new. Raises `NotFound` for a foreign id."""
        if item.id is not None:
            if item.id not in self.by_id:
                raise NotFound
            return self.by_id[item.id]
        key = external_key(item)
        return self.by_key.get(key) if key is not None else None

    def take(self, item: Item, record: Any) -> None:
        """From now on the item's names lead to the record. Raises a fault for a second item."""
        if record.id in self.taken:
            raise wrong_field("", "repeated", "Another item of the batch is about this record")
        if item.ref in self.by_ref:
            raise wrong_field("/ref", "repeated", "Another item of the batch has this ref")
        self.taken.add(record.id)
        if item.ref is not None:
            self.by_ref[item.ref] = record
        if (key := external_key(item)) is not None:
            self.by_key[key] = record

    def named(self, name: Named, pointer: str) -> R:
        """The record that is meant. Raises a fault at the pointer."""
        if name.id is not None:
            found = self.by_id.get(name.id)
        elif (key := external_key(name)) is not None:
            found = self.by_key.get(key)
        else:
            found = self.by_ref.get(str(name.ref))
        if found is None:
            raise wrong_field(pointer, "unknown_record", "There is no such record")
        return found


@dataclass(frozen=True, slots=True)
class _Entry:
    outcome: Outcome
    record: Any = None
    refusal: Refusal | None = None


@dataclass(slots=True)
class Ledger:
    """What becomes of each item. Answers are made when everything is written."""

    entries: dict[Section, dict[int, _Entry]] = field(
        default_factory=lambda: {section: {} for section in get_args(Section)}
    )

    def note(self, section: Section, index: int, outcome: Outcome, record: Any) -> None:
        """The item comes to this."""
        self.entries[section][index] = _Entry(outcome, record)

    @contextmanager
    def judging(self, section: Section, index: int) -> Iterator[None]:
        """A refusal within is noted for the item; the others go on being looked at."""
        try:
            yield
        except Refusal as refusal:
            self.entries[section][index] = _Entry("refused", refusal=refusal)

    def ensure_accepted(self) -> None:
        """Raises `BatchRefused` with every result if one item was refused."""
        counts = self.counted()
        if any(count.refused for count in counts.values()):
            raise BatchRefused(**self.told(counts).model_dump(mode="json"))

    def counted(self) -> dict[Section, Counts]:
        """The sums of each section."""
        sums = {
            section: Counter[str](entry.outcome for entry in entries.values())
            for section, entries in self.entries.items()
        }
        return {section: Counts(**counted) for section, counted in sums.items()}

    def told(self, counts: dict[Section, Counts]) -> SavedOut:
        """Every result besides the sums."""
        items = [
            _saved(section, index, entry)
            for section, entries in self.entries.items()
            for index, entry in sorted(entries.items())
        ]
        return SavedOut(counts=counts, items=items)


def _saved(section: Section, index: int, entry: _Entry) -> SavedItem:
    if entry.refusal is None:
        record = entry.record
        is_there = record.version is not None  # in a refused batch nothing new is
        return SavedItem(
            section=section,
            index=index,
            outcome=entry.outcome,
            id=record.id if is_there else None,
            number=record.number if is_there else None,
            version=record.version,
        )
    place = f"/{section}/{index}"
    return SavedItem(
        section=section,
        index=index,
        outcome="refused",
        code=entry.refusal.code(),
        detail=entry.refusal.detail,
        errors=[
            ProblemField(pointer=place + each.pointer, code=each.code, detail=each.detail)
            for each in entry.refusal.errors
        ],
    )


def changes_sent(item: Item, but: Sequence[str] = ()) -> dict[str, Any]:
    """The item's own fields, without those that name it."""
    named = {"id", "external_source", "external_id", "ref", "version", *but}
    return {name: value for name, value in item.changes().items() if name not in named}


def external_values(item: Item) -> Mapping[str, str | None]:
    """What a new record keeps of its name in the other system."""
    return {"external_source": item.external_source, "external_id": item.external_id}
