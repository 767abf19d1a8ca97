"""Categories: a tree of at most five levels, without cycles, each name once in its place."""

from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.products.errors import CategoryNameTaken
from erp.products.models import Category
from erp.products.schemas import CategoryEdit, CategoryIn, CategoryOut

Tree = dict[UUID, Category]


async def create_category(work: Workspace, given: CategoryIn) -> Category:
    """A new category. Raises `CategoryNameTaken`, `CategoryTooDeep`."""
    parent = None
    if given.parent_id is not None:  # locked, so that it is not moved away meanwhile
        parent = await work.find(Category, given.parent_id, lock=True)
        _ensure_there(parent)
    category = work.add(Category(id=new_id(), name=given.name))
    category.stand_within(parent)
    record(work, "category.created", category, changes=_told(category))
    await work.session.flush()  # the answer shows the version
    return category


async def find_or_make_root(work: Workspace, name: str) -> Category:
    """The category of this name at the root, made if there is none."""
    query = work.select(Category).where(Category.path_key == fold(name))
    if found := await work.session.scalar(query):
        return found
    try:
        async with work.attempt():
            return await create_category(work, CategoryIn(name=name))
    except CategoryNameTaken:  # somebody made it in this very moment
        return (await work.session.scalars(query)).one()


async def change_category(
    work: Workspace, category_id: UUID, edit: CategoryEdit, version: int | None
) -> Category:
    """Another name or place, for it and what lies within.

    Raises `Stale`, `CategoryNameTaken`, `CategoryCycle`, `CategoryTooDeep`.
    """
    tree = await _lock_tree(work)
    category = _found(tree, category_id)
    await ensure_unchanged(work, category, version, lambda: _shown(category))
    for name, value in edit.changes().items():
        setattr(category, name, value)
    _place(tree, category)
    if told := _told(category):
        record(work, "category.changed", category, changes=told)
        await work.session.flush()  # the answer shows the version
    return category


async def delete_category(work: Workspace, category_id: UUID, version: int | None) -> None:
    """Remove an empty category. Raises `InUse` if products or categories lie within."""
    category = await work.get(Category, category_id, lock=True)
    await ensure_unchanged(work, category, version, lambda: _shown(category))
    record(work, "category.deleted", category, changes={"name": [category.name, None]})
    await work.session.delete(category)


async def _lock_tree(work: Workspace) -> Tree:
    """All categories. The first statement waits, the second sees what it waited for."""
    every = work.select(Category).order_by(Category.id)
    await work.lock(every)
    fresh = every.execution_options(populate_existing=True)
    return {each.id: each for each in await work.session.scalars(fresh)}


def _found(tree: Tree, category_id: UUID) -> Category:
    if category_id not in tree:
        raise NotFound
    return tree[category_id]


def _ensure_there(parent: Category | None) -> None:
    if parent is None:
        raise wrong_field("/parent_id", "unknown_category", "There is no such category")


def _place(tree: Tree, category: Category) -> None:
    """Put the category where it says, and what lies within below it, parents first."""
    within = [each for each in tree.values() if each.depth > category.depth]
    within = [each for each in within if str(category.id) in each.lineage]
    parent = tree.get(category.parent_id) if category.parent_id else None
    if category.parent_id:
        _ensure_there(parent)
    category.stand_within(parent)
    for each in sorted(within, key=lambda each: each.depth):
        each.stand_within(tree[each.parent_id] if each.parent_id else None)


def _told(category: Category) -> dict[str, list[object]]:
    told = changes_of(category)
    told.pop("lineage", None)  # follows from the rest
    return told


def _shown(category: Category) -> dict[str, object]:
    return CategoryOut.model_validate(category).model_dump(mode="json")
