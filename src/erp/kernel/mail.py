"""Mails: promised in the transaction, written from templates and delivered by the worker.

Without an SMTP server they become `.eml` files that only the service account can read.
"""

import asyncio
import os
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosmtplib
from email_validator import validate_email
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound, select_autoescape
from sqlalchemy.ext.asyncio import AsyncSession

from erp.kernel.clock import Clock
from erp.kernel.crypto import KeyRing
from erp.kernel.jobs import URGENT, Job, enqueue
from erp.kernel.schema import NO_ORGANIZATION
from erp.kernel.settings import Settings

CONNECT_SECONDS = 5
TOTAL_SECONDS = 15
DEFAULT_LANGUAGE = "en"
KIND = "mail.deliver"


async def send_mail(  # noqa: PLR0913  what makes a mail, each with a name
    session: AsyncSession,
    template: str,
    to: str,
    language: str | None,
    values: dict[str, Any],
    *,
    organization_id: UUID = NO_ORGANIZATION,
) -> None:
    """Promise a mail in this transaction. `template` is `room/name`, values are JSON.

    Mails that an organization sends show in its outbox; those about an account are nobody's.
    """
    payload = {"template": template, "to": to, "language": language, "values": values}
    await enqueue(session, KIND, payload, organization_id=organization_id, priority=URGENT)


async def send_sealed_mail(  # noqa: PLR0913  what makes a mail, each with a name
    session: AsyncSession,
    keys: KeyRing,
    template: str,
    to: tuple[str, str | None],
    values: dict[str, Any],
    *,
    organization_id: UUID = NO_ORGANIZATION,
) -> None:
    """Promise a mail that holds a code or a link: sealed at rest, and wiped once it is sent."""
    address, language = to
    payload = {"template": template, "to": address, "language": language}
    payload["sealed"] = keys.seal(values)
    await enqueue(session, KIND, payload, organization_id=organization_id, priority=URGENT)


class Mailer:
    """Writes and delivers mails for one process."""

    def __init__(self, settings: Settings, clock: Clock, keys: KeyRing) -> None:
        """Connects to nothing yet."""
        self.settings = settings
        self.clock = clock
        self.keys = keys

    async def deliver(self, job: Job) -> None:
        """Deliver the mail that the job promises. Raises what SMTP raises."""
        message = self.write(job)
        if self.settings.smtp_host:
            async with asyncio.timeout(TOTAL_SECONDS):
                await self._send(message)
        else:
            await asyncio.to_thread(self._keep, job, message)

    def write(self, job: Job) -> EmailMessage:
        """The mail in text and HTML; its `Message-ID` is the job's id, so a repeat shows."""
        payload = job.payload
        values = {"base_url": self.settings.base_url, "app_name": self.settings.app_name}
        sealed = payload.get("sealed")
        values |= self.keys.unseal(sealed) if sealed else payload["values"]
        text = self._render(payload["template"], payload["language"], "txt", values)
        subject, _, body = text.partition("\n")
        message = EmailMessage()
        message["Subject"] = subject.removeprefix("Subject:").strip()
        message["From"] = self._sender
        message["To"] = _recipient(payload["to"])
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = f"<{job.id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body.strip() + "\n")
        page = self._render(payload["template"], payload["language"], "html", values)
        message.add_alternative(page, subtype="html")
        return message

    @cached_property
    def _sender(self) -> Address:
        name, address = parseaddr(self.settings.mail_from)
        return Address(name, addr_spec=address)

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=PackageLoader("erp", ""),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    def _render(
        self, template: str, language: str | None, form: str, values: dict[str, Any]
    ) -> str:
        room, name = template.split("/")
        short = (language or DEFAULT_LANGUAGE).partition("-")[0]
        paths = [f"{room}/mails/{each}/{name}.{form}" for each in (short, DEFAULT_LANGUAGE)]
        try:
            return self._templates.select_template(paths).render(values)
        except TemplateNotFound as error:
            raise LookupError(f"there is no mail {template}") from error

    async def _send(self, message: EmailMessage) -> None:
        settings = self.settings
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=settings.smtp_pass.get_secret_value() if settings.smtp_pass else None,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=CONNECT_SECONDS,
        )

    def _keep(self, job: Job, message: EmailMessage) -> None:
        folder = self.settings.mail_folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = Path(folder) / f"{self.clock():%Y%m%d-%H%M%S}-{job.id}.eml"
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            is_plain = str(message["To"]).isascii()
            file.write(message.as_bytes(policy=policy.SMTP if is_plain else policy.SMTPUTF8))


def _recipient(address: str) -> Address:
    """One address, its domain as servers know it (RFC 5891). Raises ValueError."""
    parts = validate_email(address, check_deliverability=False, test_environment=True)
    return Address(username=parts.local_part, domain=parts.ascii_domain)
