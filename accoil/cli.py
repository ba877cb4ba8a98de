"""The command line. Nothing heavy is imported before it is needed, so that help comes at once.

Exit codes: 0 done, 1 refused (with a sentence on standard error), 2 wrong usage.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from accoil import upkeep
from accoil.bench import commands as bench
from accoil.options import Data, Only, Port, ProductName, Version, read_password, read_text
from accoil.plan.command import plan
from accoil.refused import Refused

app = typer.Typer(
    name="accoil",
    help="Engagement scores that can be explained, from Segment-shaped events.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(bench.app, name="bench")


@app.callback()
def _everything(data: Data = None, version: Version = False) -> None:
    pass


@app.command()
def init(
    team: Annotated[str, typer.Option("--team", metavar="T", help="Name of the team.")],
    product: Annotated[str, typer.Option("--product", metavar="P", help="Name of the product.")],
    email: Annotated[str, typer.Option("--email", metavar="E", help="E-mail address the owner signs in with.")],
    password_env: Annotated[
        str | None,
        typer.Option("--password-env", metavar="VAR", help="Environment variable that holds the owner's password."),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="Z", help="Where its days begin, such as Australia/Sydney; else UTC."),
    ] = None,
    new_keys: Annotated[bool, typer.Option("--new-keys", help="Make another ingest key and API token.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    data: Data = None,
) -> None:
    """Make a team, its product and owner. Again: the same ids, and null for keys that were shown before."""
    password = read_password(password_env, ask=not as_json)
    _start()
    from accoil.team.beginning import Wanted, begin

    begun = begin(Wanted(team, product, email, password, time_zone, new_keys))
    if as_json:
        typer.echo(json.dumps(begun.as_json()))
    else:
        for key, value in begun.as_json().items():
            typer.echo(f"{key:11} {'(shown before)' if value is None else value}")
        if begun.ingest_key:
            begun.notes.append("Next: accoil serve, then sign in where it says; First steps are shown there.")
    for note in begun.notes:
        typer.echo(note, err=True)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML definitions; - reads standard input.")],
    product: ProductName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Also delete what the file leaves out.")] = False,
    data: Data = None,
) -> None:
    """Put a file of definitions into force. All or nothing; prints what changed."""
    text = read_text(file)
    _start()
    from accoil.definition_files import apply as apply_file
    from accoil.team.audit import write
    from accoil.team.scope import product_named

    chosen = product_named(product)
    plan = apply_file(text, chosen, dry_run=dry_run, prune=prune, known_events=_known_events(chosen.pk))
    for line in plan.lines:
        typer.echo(line)
    for warning in plan.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    if plan.is_empty:
        typer.echo("Nothing to change.")
    elif dry_run:
        typer.echo("A dry run: nothing was changed.")
    else:
        write([chosen.team], None, "apply", f"accoil apply {file.name}: {'; '.join(plan.headlines)}.", product=chosen)


def _known_events(product_id: int) -> set[str] | None:
    """Names of events received so far, for warnings; None where no server runs that could be asked."""
    from django.conf import settings

    from accoil import control

    try:
        return set(control.ask(settings.DATA, f"events {product_id}"))
    except (ConnectionError, control.Failed):
        return None


@app.command()
def definitions(product: ProductName = None, data: Data = None) -> None:
    """Print the definitions in force. As YAML that `accoil apply` reads."""
    _start()
    from accoil.definition_files import definitions as written
    from accoil.team.scope import product_named

    typer.echo(written(product_named(product)), nl=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    only: Only = None,
    data: Data = None,
) -> None:
    """Run the whole server. Front door, pages and jobs are one process, or several with --only."""
    from accoil.roles import role_of
    from accoil.start import start

    role = role_of(only)
    start(role)
    from accoil.asgi import serve as run

    run(host, port, role)


@app.command()
def demo(
    port: Port = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve it afterwards.")] = True,
    users: Annotated[int, typer.Option(min=1, help="How many users.")] = 2000,
    days: Annotated[int, typer.Option(min=1, help="How many days of history.")] = 90,
    with_fake_intercom: Annotated[
        bool, typer.Option("--with-fake-intercom", help="Also a stand-in for Intercom, connected, with an inbox.")
    ] = False,
    with_fake_hubspot: Annotated[
        bool, typer.Option("--with-fake-hubspot", help="Also a stand-in for HubSpot, connected.")
    ] = False,
    with_fake_slack: Annotated[
        bool, typer.Option("--with-fake-slack", help="Also a stand-in for Slack, connected, with a page of messages.")
    ] = False,
    with_fake_salesforce: Annotated[
        bool, typer.Option("--with-fake-salesforce", help="Also a stand-in for Salesforce, connected.")
    ] = False,
    with_fake_segment: Annotated[
        bool, typer.Option("--with-fake-segment", help="Also a stand-in for Segment, connected.")
    ] = False,
    with_fake_mail: Annotated[
        bool, typer.Option("--with-fake-mail", help="Also a mail server, with a page of letters.")
    ] = False,
    with_fake_webhooks: Annotated[
        bool, typer.Option("--with-fake-webhooks", help="Also a server that webhooks go to, with a page of them.")
    ] = False,
    data: Data = None,
) -> None:
    """Fill in a believable company, and serve it. Its events go through the real front door."""
    from accoil.demo import fakes

    chosen = (with_fake_intercom, with_fake_hubspot, with_fake_slack, with_fake_salesforce, with_fake_segment,
              with_fake_mail, with_fake_webhooks)  # fmt: skip
    asked = [name for name, is_asked in zip(fakes.FAKES, chosen, strict=True) if is_asked]
    if asked and not serve:
        raise Refused("A stand-in is there while the demo is served; leave --no-serve out.")
    with fakes.beside(port, asked) as made:
        _start()
        from accoil.demo import run

        run(port, serve, users, days, made)


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or JSON lines, plain, gzip or zstd.")],
    product: ProductName = None,
    kind: Annotated[
        str | None,
        typer.Option("--type", metavar="T", help="events, groups, users or segment; else the first line tells."),
    ] = None,
    data: Data = None,
) -> None:
    """Fill in the past from files. Stopped, it goes on where it was; again, it counts nothing twice."""
    _start()
    from accoil.import_progress import told
    from accoil.importing import run
    from accoil.team.scope import product_named

    done = run(files, product_named(product), kind)
    for each in done:
        for line in told(each):
            typer.echo(line, err=each.status == "failed")
    if not all(each.is_usable for each in done):
        raise typer.Exit(1)


@app.command()
def mcp(product: ProductName = None, data: Data = None) -> None:
    """Answer the questions of an assistant. Speaks the Model Context Protocol on standard input and output."""
    _start()
    from django.conf import settings

    from accoil.show.mcp.reach import Reach
    from accoil.show.mcp.serving import serve as run
    from accoil.team.scope import product_named

    reach = Reach(settings.DATA, product_named(product).pk)
    try:
        run(reach)
    finally:
        reach.close()


@app.command("reset-password")
def reset_password(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Of the person who cannot sign in.")],
    without_codes: Annotated[
        bool, typer.Option("--without-codes", help="Also ask for no codes of an app any more: the phone is lost.")
    ] = False,
    data: Data = None,
) -> None:
    """Print a link to choose a new password. It works once, for three days; what was done stands in the audit log."""
    _start()
    from accoil.team.lost_password import link_for

    for line in link_for(email, without_codes):
        typer.echo(line)


for each in (
    upkeep.rebuild,
    upkeep.mend,
    upkeep.backup,
    upkeep.restore,
    upkeep.move,
    upkeep.doctor,
    upkeep.secret_key,
    plan,
):
    app.command()(each)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def manage(context: typer.Context, data: Data = None) -> None:
    """Run any command of Django. Such as: accoil manage changepassword someone@example.com"""
    _start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["accoil manage", *context.args])


def _start() -> None:
    from accoil.start import start

    start()


def main(arguments: list[str] | None = None) -> Any:
    """The `accoil` command."""
    try:
        return app(args=arguments)
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise SystemExit(1) from refusal


def console() -> None:
    """The installed command."""
    code = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1 if leaving.code else 0
    if "duckdb" in sys.modules:
        # Its binding prints a page of warnings about itself when the interpreter is torn down; everything of ours
        # is closed and written by now, so leave without that.
        from django.conf import settings
        from django.db import connections

        if settings.configured:  # not every command needs Django
            connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)
