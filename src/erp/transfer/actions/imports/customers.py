"""Customers by file: the number names them, or else the e-mail address."""

from typing import Any

from erp.customers.actions.customers import change_customer, create_customer, delete_customer
from erp.customers.models import Customer
from erp.customers.schemas import CustomerEdit, CustomerIn
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import keep_number
from erp.transfer.actions.imports.cells import Field
from erp.transfer.actions.imports.judging import Kind, Run, Verdict
from erp.transfer.queries.imports import find_customer

KINDS = {
    **dict.fromkeys(("company", "business", "firma", "unternehmen", "organisation"), "company"),
    **dict.fromkeys(("person", "private", "privat", "privatperson"), "person"),
}
# fmt: off
FIELDS = (
    Field("number", ("kundennummer", "kundennr", "kdnr", "nummer", "nr", "no", "customernumber"),
          "whole", is_key=True),
    Field("email", ("mail", "emailaddress", "emailadresse", "mailadresse"), is_key=True),
    Field("name", ("kunde", "kundenname", "customer", "customername", "bezeichnung"),
          is_required=True),
    Field("kind", ("art", "typ", "type"), "word", KINDS),
    Field("company", ("firma", "unternehmen", "companyname", "firmenname")),
    Field("phone", ("telefon", "telefonnummer", "tel", "phonenumber")),
    Field("vat_id", ("ustid", "ustidnr", "umsatzsteuerid", "vatnumber", "vat")),
    Field("buyer_reference", ("leitwegid", "kundenreferenz")),
    Field("language", ("sprache",)),
    Field("notes", ("notiz", "notizen", "bemerkung", "note", "kommentar")),
    Field("currency", ("wahrung", "waehrung")),
    Field("payment_days", ("zahlungsziel", "zahlungsfrist", "paymentterms"), "whole"),
    Field("tax_exempt", ("steuerfrei", "steuerbefreit"), "flag"),
    Field("credit_limit", ("kreditlimit", "kreditrahmen"), "decimal"),
)
# fmt: on


async def take_customer(run: Run, values: dict[str, Any]) -> Verdict:
    """A new customer, or what differs about a known one."""
    number = values.pop("number", None)
    known = await find_customer(run.work, number, values.get("email"))
    if known is None:
        customer = await create_customer(run.work, CustomerIn(**values))
        if number is not None:
            await keep_number(run.work, customer, "customer", number)
        return Verdict(outcome="create", target_id=customer.id, version=customer.version)

    async def act(edit: CustomerEdit) -> Customer:
        return await change_customer(run.work, known.id, edit, known.version)

    return await run.change(known, CustomerEdit(**values), act)


async def undo_customer(work: Workspace, row: Any) -> None:
    """Raises `Stale` if it was changed since, `InUse` if something refers to it."""
    if row.outcome == "create":
        await delete_customer(work, row.target_id, row.version)
    else:
        await change_customer(work, row.target_id, CustomerEdit(**row.before), row.version)


CUSTOMERS = Kind(
    permission="customers:write",
    fields=FIELDS,
    take=take_customer,
    undo=undo_customer,
    series="customer",
)
