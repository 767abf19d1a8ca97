"""What mails say: every template in every language, and no header but ours."""

from __future__ import annotations

import stat
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

import erp
from erp.kernel.clock import utc_now
from erp.kernel.crypto import KeyRing
from erp.kernel.jobs import Job
from erp.kernel.mail import Mailer
from erp.kernel.schema import NO_ORGANIZATION, new_id
from tests.making import SECRET, make_settings

pytestmark = pytest.mark.anyio

KEYS = KeyRing(SECRET)
ROOMS = Path(erp.__file__).parent
TEMPLATES = sorted(
    (path.parents[2].name, path.parent.name, path.stem) for path in ROOMS.glob("*/mails/*/*.txt")
)
NAME = "Ada & <b>Bob</b>"
VALUES = {"name": NAME, "device": "Firefox", "code": "123456", "link": "https://x"}
VALUES |= {"host": NAME, "organization": "Acme", "key": "Robot", "prefix": "AbCd1234"}
VALUES |= {"ip": "192.0.2.1", "at": "2026-05-01 08:00 UTC", "address": "new@example.com"}
VALUES |= {"username": "ada", "account": "acme"}
HEADERS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}


def make_job(template: str = "identity/welcome", **over: Any) -> Job:
    payload = {"template": template, "to": "ada@example.com", "language": "en", "values": VALUES}
    return Job(NO_ORGANIZATION, new_id(), "mail.deliver", payload | over, 1, None)


def write(job: Job, **settings: Any) -> EmailMessage:
    return Mailer(make_settings(**settings), utc_now, KEYS).write(job)


def parts_of(message: EmailMessage) -> tuple[str, str]:
    text, page = message.get_body(["plain"]), message.get_body(["html"])
    assert text is not None
    assert page is not None
    return text.get_content(), page.get_content()


@pytest.mark.parametrize(("room", "language", "name"), TEMPLATES)
def test_every_mail_can_be_written(room: str, language: str, name: str) -> None:
    message = write(make_job(f"{room}/{name}", language=language))

    text, page = parts_of(message)
    assert message["Subject"]
    assert "Ada & <b>Bob</b>" in text
    assert "Ada &amp; &lt;b&gt;Bob&lt;/b&gt;" in page
    assert "{{" not in text + page


def test_every_mail_exists_in_both_languages_and_forms() -> None:
    names = {(room, name) for room, _language, name in TEMPLATES}

    expected = {
        f"{room}/mails/{language}/{name}.{form}"
        for room, name in names
        for language in ("en", "de")
        for form in ("txt", "html")
    }
    present = {path.relative_to(ROOMS).as_posix() for path in ROOMS.glob("*/mails/*/*.*")}
    assert len(names) >= 2
    assert present == expected


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("de", "Guten Tag"),
        ("de-AT", "Guten Tag"),
        ("en-GB", "Hello"),
        ("fr", "Hello"),
        (None, "Hello"),
        ("", "Hello"),
        ("../../../etc", "Hello"),
        ("DE", "Hello"),
    ],
)
def test_a_language_without_a_translation_is_english(language: str | None, greeting: str) -> None:
    text, _page = parts_of(write(make_job(language=language)))

    assert text.startswith(greeting)


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="name"):
        write(make_job(values={}))


@pytest.mark.parametrize(
    "template", ["identity/nothing", "nothing/welcome", "identity/../../welcome", "welcome"]
)
def test_a_mail_that_is_none_is_an_error(template: str) -> None:
    with pytest.raises((LookupError, ValueError)):
        write(make_job(template))


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
        "ada@example.com\n",
        "",
    ],
)
def test_a_recipient_is_one_address_and_nothing_else(to: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        write(make_job(to=to))


@given(name=st.text(), app_name=st.text(min_size=1))
def test_no_value_becomes_a_header(name: str, app_name: str) -> None:
    job = make_job(values={"name": name})
    try:
        content = bytes(write(job, app_name=app_name))
    except ValueError:  # the e-mail package refuses line breaks in headers
        return

    parsed = message_from_bytes(content, policy=policy.default)
    assert set(parsed.keys()) == HEADERS
    assert parsed["To"] == "ada@example.com"


@pytest.mark.parametrize(
    "evil",
    [
        "Evil\r\nBcc: eve@example.com",
        "Evil\nBcc: eve@example.com",
        "Evil\rBcc: eve@example.com",
        "Evil\r\n\r\n<script>",
    ],
)
def test_a_name_with_line_breaks_makes_no_header(evil: str) -> None:
    test_no_value_becomes_a_header.hypothesis.inner_test(evil, evil)


async def test_without_a_server_mails_are_files_of_the_account_alone(tmp_path: Path) -> None:
    job, again = make_job(), make_job()
    mailer = Mailer(make_settings(mail_dir=tmp_path / "deep" / "mail"), utc_now, KEYS)

    for each in (job, again, again):
        await mailer.deliver(each)

    files = sorted((tmp_path / "deep" / "mail").iterdir())
    parsed = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert len({file.name[-40:] for file in files}) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert parsed[0]["Subject"] == "Welcome to Cloud ERP Lite"
    assert all(str(each.id) in str([file.name for file in files]) for each in (job, again))


def read_only_mail(folder: Path) -> Message:
    [file] = folder.iterdir()
    return message_from_string(file.read_text("utf-8"), policy=policy.default)


async def test_a_mail_of_umlauts_survives_its_file(tmp_path: Path) -> None:
    job = make_job(to="ädä@bücher.example", language="de", values={"name": "Jürgen ß 😀"})

    await Mailer(make_settings(mail_dir=tmp_path), utc_now, KEYS).deliver(job)

    parsed = read_only_mail(tmp_path)
    assert isinstance(parsed, EmailMessage)
    assert "Guten Tag Jürgen ß 😀," in parts_of(parsed)[0]
    assert parsed["To"] == "ädä@xn--bcher-kva.example"
