"""Stock over HTTP: what is there, what moved, what is kept and what was counted."""

from erp.stock.router import balances, counts, ledger, reservations, upkeep

router = balances.router
for part in (ledger, reservations, counts, upkeep):
    router.routes.extend(part.router.routes)
