"""The commands about API apps: app create, list, rotate, off, on, hand-over, delete."""

from typing import Any

import click

from usher.core.actor import Actor

from .door import emit
from .leaving import How, carry_out
from .options import as_operator, fresh_key, key_option, writing

COLUMNS = ("client_id", "name", "scopes", "creator", "redirects", "is_on", "last_used")


@click.group()
def app() -> None:
    """Make API apps, list them, give them another secret, switch them off."""


@app.command("create")
@click.option("--name", required=True, metavar="NAME")
@click.option("--scopes", required=True, metavar="SCOPES", help="all, or names with commas between them.")
@click.option("--creator", default="", metavar="EMAIL", help="Whose rights the app has at most. Default: the owner.")
@click.option(
    "--redirect", "redirects", multiple=True, metavar="URL", help="Where a code may be sent: makes it an app for people, who agree to it."
)
@click.option("--public", is_flag=True, help="An app for people that runs where no secret is safe: it gets none.")
@key_option
@as_operator
def create(actor: Actor, name: str, scopes: str, creator: str, redirects: tuple[str, ...], public: bool, key: str | None) -> None:
    """Make an app and print its secret, which nobody can read again."""
    from usher.access import api_apps
    from usher.core.ids import short

    who = api_apps.creator_by_address(actor, creator)
    id, secret = api_apps.make(actor, name, scopes, fresh_key(key), creator=who, redirects=list(redirects) or None, is_public=public)
    _show(actor, short(id), secret, "none" if public else "shown before")


@app.command("list")
@as_operator
def list_apps(actor: Actor) -> None:
    """List the apps of an account."""
    from usher.access import api_apps

    from .columns import lined_up

    found = [{**a, "creator": a["email"], **{c: " ".join(a[c]) for c in ("scopes", "redirects")}} for a in api_apps.apps(actor)]
    lines = [[a[c] for c in COLUMNS] for a in found]
    emit({"apps": [{c: a[c] for c in COLUMNS} for a in found]}, text=lined_up(COLUMNS, lines) or "There is no app yet.")


@app.command("rotate")
@click.argument("client_id")
@key_option
@as_operator
def rotate(actor: Actor, client_id: str, key: str | None) -> None:
    """Give an app another secret and print it; the one before is good for a day."""
    from usher.access import api_apps

    _show(actor, client_id, api_apps.rotate(actor, id_of(client_id), fresh_key(key)))


@app.command("off")
@click.argument("client_id")
@writing
def switch_off(actor: Actor, client_id: str, key: str | None, dry_run: bool) -> int:
    """Switch an app off: it gets no token, and the ones it has open nothing."""
    return carry_out(actor, "access.edit_app", lambda: {"app": id_of(client_id), "is_on": False}, How(key, dry_run, True, None))


@app.command("on")
@click.argument("client_id")
@writing
def switch_on(actor: Actor, client_id: str, key: str | None, dry_run: bool) -> int:
    """Switch an app on again."""
    return carry_out(actor, "access.edit_app", lambda: {"app": id_of(client_id), "is_on": True}, How(key, dry_run, True, None))


@app.command("hand-over")
@click.argument("client_id")
@click.option("--to", required=True, metavar="EMAIL", help="Somebody active who manages API apps.")
@writing
def hand_over(actor: Actor, client_id: str, to: str, key: str | None, dry_run: bool) -> int:
    """Hand an app to somebody else, with whose rights it works then."""
    return carry_out(actor, "access.hand_over_app", lambda: {"app": id_of(client_id), "to": to}, How(key, dry_run, True, None))


@app.command("delete")
@click.argument("client_id")
@writing
def delete(actor: Actor, client_id: str, key: str | None, dry_run: bool) -> int:
    """Delete an app with its secrets and tokens, for good."""
    return carry_out(actor, "access.delete_app", lambda: {"app": id_of(client_id)}, How(key, dry_run, True, None))


def _show(actor: Actor, client_id: str, secret: str | None, without: str = "shown before") -> None:
    from usher.core.ids import short

    told = {"account_id": short(actor.account_id), "client_id": client_id, "client_secret": secret}
    emit(told, text="\n".join(f"{k}: {v if v is not None else without}" for k, v in told.items()))


def id_of(client_id: str) -> Any:
    """The app's id; its client id is the same in short. Refused (missing) by what asks for it when it is none."""
    from usher.core.ids import unshort

    try:
        return unshort(client_id)
    except ValueError:
        return client_id
