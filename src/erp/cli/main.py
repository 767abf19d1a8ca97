"""Every verb of the command `erp`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from pydantic import SecretStr, TypeAdapter, ValidationError
from sqlalchemy import URL

from erp import __version__
from erp.app import create_app
from erp.cli.accounts import make_admin
from erp.cli.auditing import tell, verify_trails
from erp.cli.backups import back_up, change_parked, prove, put_back
from erp.cli.checking import check_setup
from erp.cli.demo import fill_demo
from erp.cli.doctoring import examine
from erp.cli.exports import ensure_options_fit, put_in, write_out
from erp.cli.moving import import_old, read_roles
from erp.cli.reference import env_example, markdown
from erp.cli.sandbox import describe_sandbox, run_sandbox
from erp.cli.serving import serve_until_stopped, work_until_stopped
from erp.kernel.clock import utc_now
from erp.kernel.db import explain, is_connection_trouble
from erp.kernel.errors import Refusal
from erp.kernel.fields import Email
from erp.kernel.log import set_up_logs
from erp.kernel.settings import (
    Settings,
    UnusableSettings,
    read_env_file,
    read_settings,
    warnings_about,
)
from erp.migrations.pruning import prune_events
from erp.migrations.roles import RolesUnfit, script_for
from erp.migrations.upgrade import SchemaIsOld
from erp.migrations.upgrade import migrate as migrate_database
from erp.transfer.actions.backups.archives import is_export
from erp.transfer.actions.backups.parking import discard_parked, release_parked
from erp.transfer.actions.moving import SYSTEMS
from erp.transfer.actions.run import Choices

log = structlog.get_logger()

COMMITTED_SCHEMA = Path("ui/src/api/openapi.json")

cli = typer.Typer(
    help="Cloud ERP Lite: the back office of a small company.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

outbox = typer.Typer(help="Mails that a restore has put aside.")
cli.add_typer(outbox, name="outbox", no_args_is_help=True)
audit = typer.Typer(help="What happened, and whether it is still what was sealed.")
cli.add_typer(audit, name="audit", no_args_is_help=True)


def main() -> None:
    """Run one verb; what an operator can mend is said in one line."""
    try:
        cli()
    except UnusableSettings as error:
        sys.exit(f"erp: the settings cannot be used: {error}")
    except RolesUnfit as error:
        sys.exit(f"erp: {error}; see erp migrate --roles")
    except SchemaIsOld as error:
        sys.exit(f"erp: {error}; run erp migrate first")
    except Refusal as refusal:
        sys.exit(f"erp: {refusal.detail}")
    except Exception as error:
        if not is_connection_trouble(error):
            raise
        sys.exit(_unreachable(read_settings().url, error))


def _unreachable(url: URL, error: Exception) -> str:
    return f"erp: the database cannot be reached: {explain(url, error)}"


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HOST")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; PORT")] = None,
) -> None:
    """Serve the UI and the API; migrates first and runs jobs too, as the settings say."""
    over = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = _settings(**over)
    settings.ensure_safe()
    sys.exit(serve_until_stopped(create_app(settings), settings))


@cli.command()
def worker() -> None:
    """Run jobs and deliver mails until stopped."""
    settings = _settings()
    settings.ensure_safe()
    work_until_stopped(settings)


@cli.command()
def migrate(
    revision: str = "head",
    *,
    roles: Annotated[
        bool, typer.Option("--roles", help="Print SQL that makes the roles of PostgreSQL instead")
    ] = False,
) -> None:
    """Bring the database to the newest schema, or to REVISION."""
    settings = _settings()
    if roles:
        typer.echo(_roles_of(settings), nl=False)
        return
    _migrate(settings, revision)
    typer.echo("The database is up to date.")


def _roles_of(settings: Settings) -> str:
    if not settings.has_two_roles:
        raise UnusableSettings("DATABASE_URL and MIGRATION_DATABASE_URL must name two roles")
    return script_for(settings.migration_url, settings.url, settings.backup_url)


def _migrate(settings: Settings, revision: str = "head") -> None:
    try:
        migrate_database(settings.migration_url, revision, application=settings.url)
    except Exception as error:
        if not is_connection_trouble(error):
            raise
        sys.exit(_unreachable(settings.migration_url, error))


@cli.command()
def check() -> None:
    """Say in one line each what is wrong with this set-up; exit code 1 if anything is."""
    settings = read_settings(None)
    set_up_logs(settings.log_level, settings.log_format)
    found = asyncio.run(check_setup(settings))
    for line in [*warnings_about(read_env_file()), *found.remarks, *found.faults]:
        typer.echo(line)
    if found.faults:
        raise typer.Exit(1)
    typer.echo("Everything is in order.")


@cli.command()
def doctor(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Make derived rows anew")] = False,
) -> None:
    """Say in one line each what is wrong with the data; exit code 1 if anything is."""
    found = asyncio.run(examine(_settings(), repair=repair))
    for line in [*(f"mended: {line}" for line in found.mended), *found.wrong]:
        typer.echo(line)
    if found.wrong:
        raise typer.Exit(1)
    typer.echo("The data is in order.")


@cli.command()
def create_admin(
    email: Annotated[str, typer.Option(help="E-mail address of the administrator")],
    organization: Annotated[str | None, typer.Option(help="Name of the organization")] = None,
) -> None:
    """Make an administrator and print a link, good for 24 hours, to choose a password."""
    try:
        address = TypeAdapter(Email).validate_python(email)
    except ValidationError:
        raise typer.BadParameter("this is not an e-mail address", param_hint="--email") from None
    typer.echo(asyncio.run(make_admin(_settings(), address, organization)))


@cli.command()
def demo() -> None:
    """Fill a local organization with believable data; refuses production settings."""
    settings = _settings()
    if settings.is_production:
        raise UnusableSettings(
            "erp demo makes accounts with known passwords: ENVIRONMENT=local only"
        )
    _migrate(settings)
    typer.echo(asyncio.run(fill_demo(settings)))


@cli.command()
def directory_sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on")] = 8099,
) -> None:
    """Play a company directory on this machine, to try out sign-in; refuses production settings."""
    if _settings().is_production:
        raise UnusableSettings(
            "erp directory-sandbox knows everybody's password: ENVIRONMENT=local only"
        )
    typer.echo(describe_sandbox(port))
    run_sandbox(port)


@cli.command(name="import")
def import_command(  # noqa: PLR0913  what an operator says, each with a name
    system: Annotated[str, typer.Argument(help=f"One of {', '.join(SYSTEMS)}")],
    source: Annotated[str, typer.Argument(help="SQLite file, PostgreSQL URL or folder of CSV")],
    organization: Annotated[str, typer.Option(help="Slug of the organization to fill")],
    *,
    dry_run: Annotated[bool, typer.Option(help="Only tell what would happen")] = False,
    join: Annotated[
        bool, typer.Option(help="Invite known accounts, and use projects of known codes")
    ] = False,
    trim: Annotated[bool, typer.Option(help="Shorten hours that overlap or never end")] = False,
    role: Annotated[list[str] | None, typer.Option(help="OLD=NEW; who is not named: user")] = None,
) -> None:
    """Take over an older system, all or nothing; exit code 1 if a row was refused."""
    if system not in SYSTEMS:
        raise typer.BadParameter(f"use one of {', '.join(SYSTEMS)}", param_hint="SYSTEM")
    try:
        choices = Choices(join=join, trim=trim, roles=read_roles(role or []))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--role") from None
    moving = import_old(_settings(), system, source, organization, choices, dry_run=dry_run)
    report = asyncio.run(moving)
    typer.echo("\n".join(report.lines()))
    if report.refused:
        raise typer.Exit(1)


@cli.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="By default a new one in BACKUP_DIR")] = None,
) -> None:
    """Copy the whole database into one file, while others work on."""
    typer.echo(back_up(_settings(), file))


@cli.command(name="verify-backup")
def verify_backup_command(file: Annotated[Path, typer.Argument(help="The backup")]) -> None:
    """Restore a backup to a scratch database and compare; exit code 1 if anything differs."""
    typer.echo(prove(_settings(), file))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, or the export of an organization")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Though the database holds data; that is kept aside")
    ] = False,
    slug: Annotated[str | None, typer.Option(help="Another address for an organization")] = None,
) -> None:
    """Put a backup in the place of the database, or an exported organization beside all others.

    For a backup, servers and workers must be stopped.
    """
    settings = _settings()
    holds_organization = is_export(file)
    ensure_options_fit(holds_organization, replace=replace, slug=slug)
    if holds_organization:
        typer.echo(put_in(settings, file, slug, _migrate))
        return
    typer.echo(put_back(settings, file, replace=replace))
    _migrate(settings)


@cli.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write")],
    organization: Annotated[str, typer.Option(help="Slug of the organization")],
    *,
    with_passwords: Annotated[
        bool, typer.Option("--with-passwords", help="Hashes too, so that people can sign in")
    ] = False,
) -> None:
    """Write all that belongs to one organization into a file, while others work on."""
    typer.echo(write_out(_settings(), organization, file, with_passwords=with_passwords))


@outbox.command("release")
def release_outbox() -> None:
    """Send the mails that a restore has put aside after all."""
    typer.echo(f"{asyncio.run(change_parked(_settings(), release_parked))} mails will be sent.")


@outbox.command("discard")
def discard_outbox() -> None:
    """Forget the mails that a restore has put aside."""
    typer.echo(f"{asyncio.run(change_parked(_settings(), discard_parked))} mails were dropped.")


@audit.command("verify")
def verify_audit() -> None:
    """Walk along every chain of seals; exit code 1 if a row is changed, missing or unsealed."""
    verdicts = asyncio.run(verify_trails(_settings()))
    for name, verdict in verdicts:
        typer.echo(tell(name, verdict))
    if any(verdict.fault for _name, verdict in verdicts):
        raise typer.Exit(1)


@audit.command("prune")
def prune_audit() -> None:
    """Remove security events older than 400 days, as the owner of the tables."""
    gone = prune_events(_settings().migration_url, utc_now())
    typer.echo(f"{gone} events were removed.")


@cli.command()
def openapi(
    path: Annotated[Path | None, typer.Argument(help="File to write; - prints it")] = None,
) -> None:
    """Write the OpenAPI document, by default where the UI's client is generated from."""
    in_memory = Settings(environment="test", database_url=SecretStr("sqlite://"))
    document = create_app(in_memory).openapi()
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    target = path or COMMITTED_SCHEMA
    if str(target) == "-" or not target.parent.is_dir():
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")


@cli.command(name="settings")
def settings_command(
    *, as_markdown: Annotated[bool, typer.Option("--markdown", help="As a page to read")] = False
) -> None:
    """Print every setting with its default, its values and its older names."""
    typer.echo(markdown() if as_markdown else env_example(), nl=False)


@cli.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _settings(**over: object) -> Settings:
    settings = read_settings(None, **over)
    set_up_logs(settings.log_level, settings.log_format)
    for warning in warnings_about(read_env_file()):
        log.warning("settings.ignored", cause=warning)
    return settings
