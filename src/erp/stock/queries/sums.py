"""Sums of exact quantities, the same on both databases."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, case, cast, func, type_coerce

from erp.kernel.schema import Scaled
from erp.kernel.workspace import Workspace
from erp.stock.models import StockMove, fixed_location_ids


def total(quantity: SQLColumnExpression[Decimal]) -> ColumnElement[Decimal]:
    """The sum, 0 of nothing. PostgreSQL sums bigints to numeric, hence the cast back."""
    whole = func.coalesce(func.sum(type_coerce(quantity, BigInteger)), 0)
    return type_coerce(cast(whole, BigInteger), Scaled())


def gained_at(locations: Collection[UUID]) -> ColumnElement[Decimal]:
    """What a move brings to (or, below 0, takes from) these locations together."""
    arrives = case((StockMove.to_location_id.in_(locations), 1), else_=0)
    leaves = case((StockMove.from_location_id.in_(locations), 1), else_=0)
    return _times(arrives - leaves)


def gained_in_storage(work: Workspace) -> ColumnElement[Decimal]:
    """What a move brings to, or takes from, all storage; between two of them that is 0."""
    fixed = fixed_location_ids(work.organization_id)
    arrives = case((StockMove.to_location_id.in_(fixed), 0), else_=1)
    leaves = case((StockMove.from_location_id.in_(fixed), 0), else_=1)
    return _times(arrives - leaves)


def _times(sign: ColumnElement[int]) -> ColumnElement[Decimal]:
    return type_coerce(type_coerce(StockMove.quantity, BigInteger) * sign, Scaled())
