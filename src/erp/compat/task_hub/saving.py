"""What `POST /data/save` takes, and how the product's own batch names it.

An `id` that is a UUID is one that the product answered; any other one is the front end's own and
counts as its `external_id`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from erp.compat.task_hub.words import KINDS, Refused
from erp.kernel.fields import ABSENT, Day, Text
from erp.kernel.schema import fold
from erp.projects.actions.planning import STATES
from erp.projects.schemas.projects import Code, ExternalId, Group, Name, ProjectState
from erp.projects.schemas.saving import MOST, SavedOut, SavingIn
from erp.projects.schemas.tasks import Description, Priority, Title

SOURCE = "task-hub"
STATUSES = {
    **dict.fromkeys(("todo", "to do", "open", "new", "pending"), "unstarted"),
    **dict.fromkeys(("in progress", "doing", "active"), "started"),
    **dict.fromkeys(("done", "closed", "finished"), "completed"),
    **dict.fromkeys(("cancelled", "rejected"), "canceled"),
}
PRIORITIES = {"medium": "normal", "critical": "urgent"}


def _word(value: object, *, words: Mapping[str, str]) -> object:
    """Upper case and underscores are fine; a word of the old hub becomes one of ours."""
    if not isinstance(value, str):
        return value
    word = " ".join(fold(value).replace("_", " ").replace("-", " ").split())
    return words.get(word, word)


def _as_text(value: object) -> object:
    return str(value) if type(value) is int else value


Own = Annotated[ExternalId, BeforeValidator(_as_text)]
TaskStatus = Annotated[Group, BeforeValidator(partial(_word, words=STATUSES))]
ProjectStatus = Annotated[ProjectState, BeforeValidator(partial(_word, words=STATES))]
HubPriority = Annotated[Priority, BeforeValidator(partial(_word, words=PRIORITIES))]
Hours = Annotated[float, Field(ge=0, le=250_000, description="Kept in whole seconds")]


class _Sent(BaseModel):
    """Fields that old front ends send besides are ignored."""

    model_config = ConfigDict(extra="ignore")

    def renamed(self, names: Mapping[str, str]) -> dict[str, Any]:
        """What was sent, by the product's names."""
        sent = self.model_dump(mode="json", exclude_unset=True)
        return {names[name]: value for name, value in sent.items() if name in names}


class _Item(_Sent):
    id: Own | None = None
    external_id: Own | None = None

    def named(self) -> dict[str, Any]:
        """The names of the record; a new one may have none."""
        return _named(self.id, self.external_id) or {}


class UserIn(_Item):
    """Somebody the front end knows; nobody can sign in as one."""

    name: Annotated[
        str, Field(validation_alias=AliasChoices("name", "full_name", "username")), Text(100)
    ] = ABSENT

    def item(self) -> dict[str, Any]:
        """As the product takes it."""
        return self.named() | self.renamed({"name": "name"})


class ProjectIn(_Item):
    """A project; a new one needs a name, and takes its code from `external_id` if it has none."""

    code: Code = ABSENT
    name: Name = ABSENT
    status: ProjectStatus = ABSENT
    start_date: Day | None = None
    end_date: Annotated[
        Day | None, Field(validation_alias=AliasChoices("end_date", "due_date"))
    ] = None

    def item(self) -> dict[str, Any]:
        """As the product takes it."""
        names = {"code": "code", "name": "name", "status": "state", "start_date": "starts_on"}
        return self.named() | self.renamed(names | {"end_date": "due_on"})


class TaskIn(_Item):
    """A task; a new one needs a project and a title."""

    project_id: Own | None = None
    project_external_id: Own | None = None
    parent_id: Own | None = None
    parent_external_id: Own | None = None
    title: Annotated[Title, Field(validation_alias=AliasChoices("title", "name"))] = ABSENT
    description: Description | None = None
    status: TaskStatus = ABSENT
    priority: HubPriority = ABSENT
    start_date: Day | None = None
    due_date: Annotated[
        Day | None, Field(validation_alias=AliasChoices("due_date", "end_date"))
    ] = None
    estimate_hours: Hours | None = None

    def item(self) -> dict[str, Any]:
        """As the product takes it."""
        same = {name: name for name in ("title", "description", "priority")}
        names = {"status": "group", "start_date": "starts_on", "due_date": "due_on"}
        item = self.named() | self.renamed(same | names)
        if "estimate_hours" in self.model_fields_set:
            hours = self.estimate_hours
            item["estimate_seconds"] = None if hours is None else round(hours * 3600)
        if project := _named(self.project_id, self.project_external_id):
            item["project"] = project
        if {"parent_id", "parent_external_id"} & self.model_fields_set:
            item["parent"] = _named(self.parent_id, self.parent_external_id)
        return item


class AssigneeIn(_Sent):
    """Somebody who is to do a task, or with `assigned: false` no longer is."""

    task_id: Own | None = None
    task_external_id: Own | None = None
    user_id: Own | None = None
    user_external_id: Own | None = None
    assigned: bool = True

    def item(self) -> dict[str, Any]:
        """As the product takes it."""
        task = _named(self.task_id, self.task_external_id)
        user = _named(self.user_id, self.user_external_id)
        return {"task": task, "member": user, "assigned": self.assigned}


class DataIn(_Sent):
    """All that is to be saved, together or not at all: at most 5,000 items."""

    users: Annotated[list[UserIn], Field(max_length=MOST)] = []
    projects: Annotated[list[ProjectIn], Field(max_length=MOST)] = []
    tasks: Annotated[list[TaskIn], Field(max_length=MOST)] = []
    task_assignees: Annotated[list[AssigneeIn], Field(max_length=MOST)] = []

    def saving(self) -> SavingIn:
        """The product's batch. Raises what a body with wrong fields raises."""
        sections = {
            section: [each.item() for each in getattr(self, kind)]
            for section, kind in KINDS.items()
        }
        try:
            return SavingIn.model_validate(sections)
        except ValidationError as error:
            faults = [{**fault, "loc": ("body", *_place(fault["loc"]))} for fault in error.errors()]
            by_kind = {KINDS[section]: items for section, items in sections.items()}
            raise RequestValidationError(faults, body=by_kind) from None


class CountsOut(BaseModel):
    """How many items of a kind had which outcome."""

    created: int = 0
    changed: int = 0
    skipped: int = 0


class ItemOut(BaseModel):
    """What became of one item, and the id that the product knows it by."""

    kind: str
    index: int
    outcome: str
    id: UUID | None


class DataOut(BaseModel):
    """The counts of each kind, what became of each item, and what was refused: nothing."""

    users: CountsOut
    projects: CountsOut
    tasks: CountsOut
    task_assignees: CountsOut
    items: list[ItemOut]
    refused: list[Refused]


def told(saved: SavedOut) -> DataOut:
    """What the product's batch answered, in the task hub's words."""
    counts = {
        KINDS[section]: CountsOut.model_validate(each, from_attributes=True)
        for section, each in saved.counts.items()
    }
    items = [
        ItemOut(kind=KINDS[each.section], index=each.index, outcome=each.outcome, id=each.id)
        for each in saved.items
    ]
    return DataOut(**counts, items=items, refused=[])


def _named(own: str | None, external_id: str | None) -> dict[str, Any] | None:
    """By the product's id, else by what the front end calls it; None for what is not named."""
    if own is not None and (known := _as_uuid(own)):
        return {"id": known}
    name = external_id or own
    return None if name is None else {"external_source": SOURCE, "external_id": name}


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _place(path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place of a fault by the front end's names."""
    return tuple((KINDS | {"member": "user"}).get(str(part), part) for part in path)
