"""`erp import`: the report of a run, on the terminal and in a file."""

from pathlib import Path

from erp.identity.actions.desk import open_desk
from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.migrations.upgrade import ensure_newest
from erp.transfer.actions.moving import move_in
from erp.transfer.actions.run import Choices
from erp.transfer.schemas.reports import Report


async def import_old(  # noqa: PLR0913  what an operator says on the command line
    settings: Settings, system: str, place: str, slug: str, choices: Choices, *, dry_run: bool
) -> Report:
    """Run the import and keep its report beside the data."""
    database = Database(settings.url, settings.db_pool_size)
    desk = open_desk(settings, database)
    try:
        async with database.reading() as session:
            await session.run_sync(lambda sync: ensure_newest(sync.connection()))
        report = await move_in(desk, system, place, slug, choices, dry_run=dry_run)
    finally:
        await database.dispose()
        desk.passwords.close()
    _keep(settings.data_dir / "imports", report)
    return report


def _keep(folder: Path, report: Report) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    kind = "dry-run" if report.dry_run else "import"
    path = folder / f"{report.source}-{kind}-{report.batch_id}.json"
    path.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_roles(given: list[str]) -> dict[str, str]:
    """`--role old=new`, each once. Raises `ValueError`."""
    pairs = [each.partition("=")[::2] for each in given]
    if any(new not in ("user", "manager", "admin") for _old, new in pairs):
        raise ValueError("write --role OLD=NEW, where NEW is user, manager or admin")
    return {old.lower(): new for old, new in pairs}
