"""The projects of a batch."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from erp.audit.actions import changes_of, record
from erp.customers.models import Customer
from erp.kernel.batch import Outcome
from erp.kernel.errors import Stale, wrong_field
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.organizations.actions.placing import Placed
from erp.organizations.numbering import take_numbers
from erp.projects.actions.saving.ledger import (
    Ledger,
    Names,
    Wanted,
    changes_sent,
    external_key,
    external_values,
)
from erp.projects.errors import ProjectCodeTaken
from erp.projects.models import Project, ProjectMember
from erp.projects.schemas.saving import Named, ProjectItem

WRITE = "projects:write"
LONGEST_CODE = 32
DEFAULTS: dict[str, Any] = {"state": "active", "billable": True}


async def read_projects(
    work: Workspace, items: list[ProjectItem], named: Sequence[Named | None], homes: set[UUID]
) -> Names[Project]:
    """Every project that the batch names, or whose tasks it names (`homes`), locked by id."""
    wanted, names = Wanted.by([*items, *named]), Names[Project]()
    wanted = Wanted(wanted.ids | homes, wanted.keys)
    if wanted.ids or wanted.keys:
        query = work.select(Project).where(wanted.matches(Project)).order_by(Project.id)
        for project in await work.lock(query):
            names.know(project, external_key(project))
    return names


class Projects:
    """Judges the projects of a batch."""

    def __init__(
        self, work: Workspace, names: Names[Project], members: Names[Placed], ledger: Ledger
    ) -> None:
        """`members` are those that may lead a project."""
        self.work, self.names, self.members, self.ledger = work, names, members, ledger
        self.made: list[Project] = []
        self.customers: dict[UUID, Customer] = {}
        self.holders: dict[str, UUID] = {}

    async def judge(self, items: list[ProjectItem]) -> None:
        """Make and change projects in memory; what is refused is noted in the ledger."""
        await self._read_around(items)
        for index, item in enumerate(items):
            with self.ledger.judging("projects", index):
                known = self.names.find(item)
                project = self._make(item) if known is None else known
                self.names.take(item, project)
                outcome = "created" if known is None else self._change(project, item)
                self.ledger.note("projects", index, outcome, project)

    async def write(self) -> None:
        """Write the new projects with their numbers, their maker in the team."""
        work = self.work
        if not self.made:
            return
        numbers = await take_numbers(work.session, work.organization_id, "project", len(self.made))
        for project, number in zip(self.made, numbers, strict=True):
            project.number = number
            project.write({})
            record(work, "project.created", project)
        await work.insert_all(self.made)
        for project in self.made:
            work.add(ProjectMember(project_id=project.id, member_id=work.member_id))

    async def _read_around(self, items: list[ProjectItem]) -> None:
        """The customers that are named, and who holds the codes, in a statement each."""
        ids = {item.customer_id for item in items if item.customer_id is not None}
        query = self.work.select(Customer).where(Customer.id.in_(ids))
        self.customers = {each.id: each for each in await self.work.session.scalars(query)}
        keys = {fold(code) for item in items if (code := _code_of(item)) is not None}
        held = self.work.select(Project).where(Project.code_key.in_(keys))
        for key, project_id in await self.work.session.execute(
            held.with_only_columns(Project.code_key, Project.id)
        ):
            self.holders[key] = project_id

    def _make(self, item: ProjectItem) -> Project:
        self.work.ensure_can(WRITE)
        code = _code_of(item)
        for name, is_there in (("code", code), ("name", "name" in item.model_fields_set)):
            if not is_there:
                raise wrong_field(f"/{name}", "missing", "A new project needs code and name")
        project = Project(id=new_id(), currency=self.work.currency, number=0)
        self._write(project, DEFAULTS | dict(external_values(item)) | {"code": code}, item)
        self.made.append(project)
        return project

    def _change(self, project: Project, item: ProjectItem) -> Outcome:
        before = project.version
        self._write(project, {}, item)
        told = changes_of(project)
        if not told:
            return "skipped"
        self.work.ensure_can(WRITE)
        if item.version is not None and item.version != before:
            raise Stale
        record(self.work, "project.changed", project, changes=told)
        return "changed"

    def _write(self, project: Project, defaults: dict[str, Any], item: ProjectItem) -> None:
        values = defaults | changes_sent(item, but=["lead"])
        if item.lead is not None:
            lead = self.members.named(item.lead, "/lead")
            values["lead_id"] = lead.member.id
        elif "lead" in item.model_fields_set:
            values["lead_id"] = None
        if values.get("customer_id") not in (None, project.customer_id):
            self._ensure_customer(values["customer_id"])
        self._hold_code(project, values)
        project.write(values)

    def _ensure_customer(self, customer_id: UUID) -> None:
        customer = self.customers.get(customer_id)
        if customer is None:
            raise wrong_field("/customer_id", "unknown_customer", "There is no such customer")
        customer.ensure_open_for_new_work()

    def _hold_code(self, project: Project, values: dict[str, Any]) -> None:
        """The code is this project's from now on; within the batch as well."""
        if "code" not in values:
            return
        key = fold(values["code"])
        if self.holders.setdefault(key, project.id) != project.id:
            raise ProjectCodeTaken


def _code_of(item: ProjectItem) -> str | None:
    """The code a new project gets: what is sent, else what another system calls it."""
    if "code" in item.model_fields_set:
        return item.code
    return item.external_id[:LONGEST_CODE] if item.external_id else None
