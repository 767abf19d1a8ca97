"""The projects of the demo: work for customers and for ourselves, on its way."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from erp.customers.models import Customer
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.projects.actions.projects import create_project, set_team
from erp.projects.actions.states import states_to_use
from erp.projects.actions.talk import add_comment, add_log
from erp.projects.actions.tasks import add_dependency, change_task, create_task
from erp.projects.models import Project, Task
from erp.projects.schemas.projects import ProjectIn
from erp.projects.schemas.talk import CommentIn, LogIn
from erp.projects.schemas.tasks import TaskEdit, TaskIn


@dataclass(frozen=True, slots=True)
class Step:
    """A task of the demo; `due` counts days from today, `below` and `after` name other steps."""

    title: str
    group: str = "unstarted"
    due: int | None = None
    hours: int | None = None
    priority: str = "none"
    below: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A project of the demo."""

    code: str
    name: str
    customer: str | None
    state: str = "active"
    days: tuple[int, int] = (-30, 60)
    hours: int = 120
    steps: tuple[Step, ...] = field(default=())


PLANS = (
    Plan(
        "SHOP",
        "Shop fitting for Acme",
        "Acme Corporation",
        hours=240,
        steps=(
            Step("Measure the rooms", "completed", -20, 6),
            Step("Draw the counters", "completed", -10, 16, "normal", after="Measure the rooms"),
            Step("Order oak panels", "started", -1, 2, "high", after="Draw the counters"),
            Step("Build the counters", "unstarted", 12, 60, "high", after="Order oak panels"),
            Step("Cut the panels", "unstarted", 8, 20, below="Build the counters"),
            Step("Oil the surfaces", "unstarted", 11, 12, below="Build the counters"),
            Step("Install on site", "backlog", 21, 40, "urgent", after="Build the counters"),
            Step("Old neon sign: restore it?", "canceled"),
        ),
    ),
    Plan(
        "CARE",
        "Maintenance for Globex",
        "Globex Industries",
        days=(-200, 165),
        hours=80,
        steps=(
            Step("Quarterly inspection", "completed", -14, 8),
            Step("Replace worn hinges", "started", 3, 5, "normal"),
            Step("Report to the customer", "unstarted", 5, 2, "low", after="Replace worn hinges"),
        ),
    ),
    Plan(
        "DESK",
        "Sixty standing desks",
        "Initech",
        state="planned",
        days=(14, 75),
        hours=300,
        steps=(
            Step("Choose the motor", "started", 2, 8, "high"),
            Step("Build a prototype", "unstarted", 16, 24, "high", after="Choose the motor"),
            Step("Agree on the price", "unstarted", 18, 3),
        ),
    ),
    Plan(
        "INT",
        "Workshop and office",
        None,
        days=(-90, 275),
        steps=(
            Step("Sharpen the saw blades", "unstarted", 1, 2, "normal"),
            Step("Move the extraction unit", "backlog", None, 16),
            Step("Train the new apprentice", "started", 30, 40),
        ),
    ),
)


async def plan_projects(work: Workspace) -> None:
    """Give the organization its projects, with everybody in their teams."""
    members = list(await work.session.scalars(work.select(Member).order_by(Member.number)))
    for number, plan in enumerate(PLANS):
        lead = members[number % len(members)]
        project = await _open_project(work, plan, lead.id)
        await set_team(work, project.id, [each.id for each in members], None)
        await _add_steps(work, project, plan, members)


async def _open_project(work: Workspace, plan: Plan, lead_id: UUID) -> Project:
    customer = await work.session.scalar(
        work.select(Customer).where(Customer.name == plan.customer)
    )
    starts, due = (work.today() + timedelta(days=each) for each in plan.days)
    given = ProjectIn(
        code=plan.code,
        name=plan.name,
        customer_id=customer and customer.id,
        state=plan.state,
        lead_id=lead_id,
        starts_on=str(starts),
        due_on=str(due),
        billable=plan.customer is not None,
        budget_seconds=plan.hours * 3600,
    )
    return await create_project(work, given)


async def _add_steps(work: Workspace, project: Project, plan: Plan, members: list[Member]) -> None:
    made: dict[str, Task] = {}
    for number, step in enumerate(plan.steps):
        doer = members[(number + project.number) % len(members)]
        made[step.title] = await create_task(work, _given(work, project, step, made, doer))
        if step.after is not None:
            await add_dependency(work, made[step.title].id, made[step.after].id, None)
    states = {state.group: state.id for state in (await states_to_use(work)).values()}
    for step in plan.steps:
        edit = TaskEdit(state_id=states[step.group])
        await change_task(work, made[step.title].id, edit, None)
        if step.group == "started":
            await add_log(work, made[step.title].id, LogIn(percent=40, text="Well on its way"))
            comment = CommentIn(text=f"@{members[0].number} I need your word on this by Friday.")
            await add_comment(work, made[step.title].id, comment)


def _given(
    work: Workspace, project: Project, step: Step, made: dict[str, Task], doer: Member
) -> TaskIn:
    due = None if step.due is None else str(work.today() + timedelta(days=step.due))
    return TaskIn(
        project_id=project.id,
        title=step.title,
        priority=step.priority,
        parent_id=made[step.below].id if step.below else None,
        due_on=due,
        estimate_seconds=None if step.hours is None else step.hours * 3600,
        assignee_ids=[] if step.group == "backlog" else [doer.id],
    )
