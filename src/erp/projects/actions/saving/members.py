"""The members of a batch: placeholders are made and renamed, people who can sign in never."""

from collections.abc import Sequence

from erp.audit.actions import record
from erp.kernel.batch import Outcome
from erp.kernel.errors import wrong_field
from erp.kernel.workspace import Workspace
from erp.organizations.actions.placing import (
    Placed,
    find_placed,
    make_placeholder,
    place_members,
)
from erp.projects.actions.saving.ledger import Ledger, Names, Wanted, external_key
from erp.projects.errors import MemberCanSignIn
from erp.projects.schemas.saving import MemberItem, Named

PLACE = "members:place"


async def read_members(
    work: Workspace, items: list[MemberItem], named: Sequence[Named | None]
) -> Names[Placed]:
    """Every member that the batch names."""
    wanted, names = Wanted.by([*items, *named]), Names[Placed]()
    if wanted.ids or wanted.keys:
        for placed in await find_placed(work, wanted.ids, wanted.keys):
            names.know(placed, placed.external)
    return names


def judge_members(
    work: Workspace, items: list[MemberItem], names: Names[Placed], ledger: Ledger
) -> list[Placed]:
    """Judge the items; the new placeholders are returned, to be written if all are accepted."""
    made = []
    for index, item in enumerate(items):
        with ledger.judging("members", index):
            known = names.find(item)
            placed = _make(work, item) if known is None else known
            names.take(item, placed)
            outcome = "created" if known is None else _rename(work, placed, item)
            ledger.note("members", index, outcome, placed.member)
            if known is None:
                made.append(placed)
    return made


async def write_members(work: Workspace, made: list[Placed]) -> None:
    """Write the new placeholders with their numbers."""
    await place_members(work, made)
    for placed in made:
        told = {"name": [None, placed.user.full_name], "number": [None, placed.member.number]}
        record(work, "member.placed", placed.member, changes=told)


def _make(work: Workspace, item: MemberItem) -> Placed:
    work.ensure_can(PLACE)
    if "name" not in item.model_fields_set:
        raise wrong_field("/name", "missing", "A new member needs a name")
    return make_placeholder(work, item.name, external_key(item))


def _rename(work: Workspace, placed: Placed, item: MemberItem) -> Outcome:
    old, new = placed.user.display_name, item.changes().get("name", placed.user.display_name)
    if new == old:
        return "skipped"
    work.ensure_can(PLACE)
    if placed.can_sign_in:
        raise MemberCanSignIn
    placed.user.full_name = new
    record(work, "member.renamed", placed.member, changes={"name": [old, new]})
    return "changed"
