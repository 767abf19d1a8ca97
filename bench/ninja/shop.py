# ruff: noqa: DJ001, DJ008, E402  settings come first, and the tables are the product's
"""The work of the product's list, read and create in Django-ninja, fairly tuned.

Persistent connections, `values_list` instead of model instances, orjson, no response validation,
reads without a transaction on SQLite, one query for session, user, organization and membership.
"""

import base64
import os
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from hmac import digest
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

import django
import jwt
import orjson
import uuid_utils.compat
from django.conf import settings

ADDRESS = urlsplit(os.environ["DATABASE_URL"])
ON_SQLITE = ADDRESS.scheme == "sqlite"
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;"
DATABASE = {"CONN_MAX_AGE": None}
if ON_SQLITE:
    DATABASE |= {"ENGINE": "django.db.backends.sqlite3", "NAME": ADDRESS.path.removeprefix("/")}
    DATABASE |= {"OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": PRAGMAS}}
else:
    host = ADDRESS.hostname or parse_qs(ADDRESS.query)["host"][0]
    DATABASE |= {"ENGINE": "django.db.backends.postgresql", "NAME": ADDRESS.path[1:], "HOST": host}
    DATABASE |= {"USER": ADDRESS.username, "PORT": ADDRESS.port or ""}
settings.configure(
    DATABASES={"default": DATABASE},
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    SECRET_KEY=os.environ["SECRET_KEY"],
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.urls import path
from ninja import NinjaAPI, Query, Schema
from ninja.security import HttpBearer
from pydantic import Field

KEY = digest(
    digest(b"cloud-erp-lite", settings.SECRET_KEY.encode(), "sha256"), b"access\x01", sha256
)
ACCESS = """
    SELECT s.user_id, s.gen, s.idle_expires_at, s.absolute_expires_at, s.revoked_at, u.is_active,
      o.id, o.currency, m.id, m.role
    FROM sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN organizations o ON o.id = s.organization_id AND o.status = 'active'
    LEFT JOIN members m ON m.organization_id = o.id AND m.user_id = u.id AND m.status = 'active'
    WHERE s.id = %s
"""
TAKE_NUMBER = """
    INSERT INTO counters (organization_id, series, year, n) VALUES (%s, 'product', 0, 1)
    ON CONFLICT (organization_id, series, year) DO UPDATE SET n = counters.n + 1 RETURNING n
"""
TOLD = ("number", "sku", "barcode", "name", "description", "supplier_code", "kind", "unit_id")


def id_field(**options):
    if ON_SQLITE:
        return models.CharField(max_length=36, **options)
    return models.UUIDField(**options)


def instant_field(**options):
    return models.TextField(**options) if ON_SQLITE else models.DateTimeField(**options)


class Unit(models.Model):
    id = id_field(primary_key=True)
    organization_id = id_field()
    code = models.TextField()
    name = models.TextField()
    decimals = models.BigIntegerField()
    un_code = models.TextField()

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "units"


class Category(models.Model):
    id = id_field(primary_key=True)
    name = models.TextField()

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "categories"


class Product(models.Model):
    id = id_field(primary_key=True)
    organization_id = id_field()
    number = models.BigIntegerField()
    sku = models.TextField(null=True)
    sku_key = models.TextField(null=True)
    barcode = models.TextField(null=True)
    name = models.TextField()
    name_key = models.TextField()
    search_key = models.TextField()
    description = models.TextField(null=True)
    supplier_code = models.TextField(null=True)
    kind = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT)
    category = models.ForeignKey(Category, models.PROTECT, null=True)
    first_moved_at = instant_field(null=True)
    currency = models.TextField()
    sale_price = models.BigIntegerField()
    cost_price = models.BigIntegerField(null=True)
    archived_at = instant_field(null=True)
    created_at = instant_field()
    updated_at = instant_field()
    version = models.BigIntegerField(default=1)
    created_by = id_field(null=True)

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "products"


class AuditRow(models.Model):
    id = id_field(primary_key=True)
    organization_id = id_field()
    at = instant_field()
    actor_kind = models.TextField(default="member")
    actor_id = id_field()
    session_id = id_field()
    action = models.TextField()
    target_kind = models.TextField(default="product")
    target_id = id_field()
    request_id = models.TextField()
    data = models.JSONField()

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "audit_log"


class Bearer(HttpBearer):
    def authenticate(self, request, token):
        try:
            claims = jwt.decode(token, KEY, ["HS256"], audience="erp-api", issuer="cloud-erp-lite")
        except jwt.PyJWTError:
            return None
        with connection.cursor() as cursor:
            cursor.execute(ACCESS, [claims["sid"]])
            row = cursor.fetchone()
        now = instant(datetime.now(UTC))
        if row is None or str(row[0]) != claims["sub"] or claims["gen"] > row[1]:
            return None
        if row[2] <= now or row[3] <= now or row[4] is not None or not row[5]:
            return None
        request.session_id, request.organization_id, request.currency = claims["sid"], *row[6:8]
        request.member_id = row[8]
        return row[8] is not None and row[9] in ("admin", "manager", "user")


def instant(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}" if ON_SQLITE else moment


def make_id():
    made = uuid_utils.compat.uuid7()
    return str(made) if ON_SQLITE else made


class ListQuery(Schema):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0
    count: Literal["true"] | None = None
    sort: Literal["name"] = "name"
    q: Annotated[str, Field(max_length=200)] | None = None


class ProductIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    sku: str | None = None
    barcode: str | None = None
    description: str | None = None
    supplier_code: str | None = None
    kind: Literal["goods", "service"] = "goods"
    sale_price: Decimal = Decimal(0)


api = NinjaAPI(auth=Bearer(), docs_url=None, openapi_url=None)
SHOWN = {
    **{name: name for name in ("id", "number", "sku", "barcode", "name", "kind")},
    "unit_code": "unit__code",
    "category_id": "category_id",
    "category_name": "category__name",
    **{name: name for name in ("currency", "sale_price", "cost_price", "version")},
    **{name: name for name in ("created_at", "updated_at", "archived_at")},
}
RECORD = (
    *("category_id", "first_moved_at"),
    *("id", "number", "sku", "barcode", "name", "description", "supplier_code", "kind", "unit_id"),
    *("currency", "sale_price", "cost_price", "version", "created_at", "updated_at", "archived_at"),
)
UNIT = ("id", "code", "name", "decimals", "un_code")


@api.get("/products")
def list_products(request, query: Query[ListQuery]):
    found = Product.objects.filter(organization_id=request.organization_id, archived_at=None)
    found = found.filter(unit__organization_id=F("organization_id"))
    for word in (query.q or "").casefold().split():
        found = found.filter(search_key__contains=word)
    columns = (*SHOWN.values(), "name_key")
    page = found.order_by("name_key", "id").values_list(*columns)
    rows = list(page[query.offset : query.offset + query.limit + 1])
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    answer: dict[str, Any] = {
        "items": [item(row) for row in shown],
        "limit": query.limit,
        "next_cursor": make_cursor(shown[-1][-1], shown[-1][0]) if more else None,
    }
    if query.count:
        total = found.values("id")[:10_001].count()
        answer |= {"total": min(total, 10_000), "total_is_capped": total > 10_000}
    return json_of(answer)


@api.get("/products/{uuid:product_id}")
def read_product(request, product_id: uuid.UUID):
    wanted = str(product_id) if ON_SQLITE else product_id
    columns = (*RECORD, *(f"unit__{name}" for name in UNIT), "category__name")
    mine = Q(organization_id=request.organization_id, id=wanted)
    row = Product.objects.filter(mine).values_list(*columns).first()
    if row is None:
        raise Http404
    return json_of(record(row))


@api.post("/products")
def create_product(request, body: ProductIn):
    with transaction.atomic():
        unit = Unit.objects.values_list(*UNIT).get(
            organization_id=request.organization_id, code="pc"
        )
        with connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBER, [request.organization_id])
            [number] = cursor.fetchone()
        now, name = instant(datetime.now(UTC)), body.name.strip()
        words = (name, body.sku, body.barcode, str(number))
        product = Product(
            **body.model_dump(exclude={"sale_price"}),
            id=make_id(),
            organization_id=request.organization_id,
            number=number,
            name_key=name.casefold(),
            search_key=" ".join(word.casefold() for word in words if word),
            unit_id=unit[0],
            currency=request.currency,
            sale_price=int(body.sale_price.scaleb(4)),
            created_at=now,
            updated_at=now,
            created_by=request.member_id,
        )
        product.save(force_insert=True)
        told = {each: [None, str(getattr(product, each))] for each in TOLD}
        AuditRow(
            id=make_id(),
            organization_id=request.organization_id,
            at=now,
            actor_id=request.member_id,
            session_id=request.session_id,
            action="product.created",
            target_id=product.id,
            request_id=str(make_id()),
            data={"changes": told},
        ).save(force_insert=True)
    return json_of(record((*(getattr(product, name) for name in RECORD), *unit, None)), 201)


def item(row):
    made = dict(zip(SHOWN, row, strict=False))
    made["sale_price"], made["cost_price"] = map(plain, (made["sale_price"], made["cost_price"]))
    return made


def record(row):
    made = dict(zip(RECORD, row, strict=False))
    made["sale_price"], made["cost_price"] = map(plain, (made["sale_price"], made["cost_price"]))
    *unit, made["category_name"] = row[len(RECORD) :]
    made["unit"] = dict(zip(UNIT, unit, strict=True))
    return made


def plain(value):
    if value is None:
        return None
    whole, rest = divmod(value, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)


def make_cursor(value, last_id):
    return (
        base64.urlsafe_b64encode(orjson.dumps(["name", value, str(last_id)])).decode().rstrip("=")
    )


def json_of(value, status=200):
    content = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    length = {"Content-Length": str(len(content))}  # or gunicorn sends it in chunks
    return HttpResponse(content, content_type="application/json", status=status, headers=length)


urlpatterns = [path("api/", api.urls)]
application = get_wsgi_application()
