"""The MedicalCare backend: users with bcrypt hashes and profiles, proved or not."""

from erp.transfer.actions.people import take_person
from erp.transfer.actions.run import Run
from erp.transfer.sources import Source


async def bring(run: Run, source: Source) -> None:
    """Everybody; open codes and reset links stay behind."""
    for row in source.rows("users"):
        await take_person(run, row)
