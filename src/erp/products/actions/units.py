"""Units: the standard ones come with first use, others are made; decimals never shrink in use."""

from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.products.errors import UnitInUse
from erp.products.models import STANDARD_UNITS, Product, Unit, standard_unit_id
from erp.products.schemas import UnitEdit, UnitIn, UnitRow


async def create_unit(work: Workspace, given: UnitIn) -> Unit:
    """A new unit beside the standard ones. Raises `UnitCodeTaken`."""
    await _ensure_units(work)
    unit = work.add(Unit(id=new_id(), **given.model_dump()))
    record(work, "unit.created", unit)
    await work.session.flush()  # the answer shows the version
    return unit


async def change_unit(work: Workspace, unit_id: UUID, edit: UnitEdit, version: int | None) -> Unit:
    """Change what was sent. Raises `Stale`, `UnitCodeTaken`, `UnitInUse`."""
    unit = await _lock(work, unit_id, version)
    values = edit.changes()
    if values.get("decimals", unit.decimals) < unit.decimals and await _has_moved(work, unit):
        raise UnitInUse
    for name, value in values.items():
        setattr(unit, name, value)
    if changes_of(unit):
        record(work, "unit.changed", unit)
        await work.session.flush()  # the answer shows the version
    return unit


async def delete_unit(work: Workspace, unit_id: UUID, version: int | None) -> None:
    """Remove a unit no product is counted in. Raises `InUse`."""
    unit = await _lock(work, unit_id, version)
    record(work, "unit.deleted", unit, changes={"code": [unit.code, None]})
    await work.session.delete(unit)


async def unit_to_use(work: Workspace, unit_id: UUID | None) -> UUID:
    """The named unit, or pieces. Raises `ValidationFailed`."""
    chosen = unit_id or standard_unit_id(work.organization_id, "pc")
    if await work.find(Unit, chosen) is None:
        await _ensure_units(work)
        if await work.find(Unit, chosen) is None:
            raise wrong_field("/unit_id", "unknown_unit", "There is no such unit")
    return chosen


async def _lock(work: Workspace, unit_id: UUID, version: int | None) -> Unit:
    unit = await work.find(Unit, unit_id, lock=True)
    if unit is None:
        await _ensure_units(work)
        unit = await work.find(Unit, unit_id, lock=True)
    if unit is None:
        raise NotFound
    shown = UnitRow.model_validate(unit).model_dump(mode="json")
    await ensure_unchanged(work, unit, version, lambda: shown)
    return unit


async def _has_moved(work: Workspace, unit: Unit) -> bool:
    """Asked with the unit locked: a first move takes the same lock (`mark_first_move`)."""
    moved = work.select(Product).where(Product.unit_id == unit.id)
    moved = moved.where(Product.first_moved_at.is_not(None)).limit(1)
    return await work.session.scalar(moved.with_only_columns(Product.id)) is not None


async def _ensure_units(work: Workspace) -> None:
    """The standard units become rows with their first use; those removed later stay away."""
    if await work.session.scalar(work.select(Unit).with_only_columns(Unit.id).limit(1)):
        return
    now = work.now()
    shared = {
        "organization_id": work.organization_id,
        "created_by": work.member_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    rows = [
        {"id": standard_unit_id(work.organization_id, unit.code), **unit._asdict(), **shared}
        for unit in STANDARD_UNITS
    ]
    insert = insert_into(work.session, Unit).values(rows).on_conflict_do_nothing()
    await work.session.execute(insert)
