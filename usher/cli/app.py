"""The commands about API apps: app create, list, rotate, off, on, delete."""

from typing import Any

import click

from usher.core.actor import Actor

from .door import emit
from .options import as_operator, fresh_key, key_option

COLUMNS = ("client_id", "name", "scopes", "creator", "is_on", "last_used")


@click.group()
def app() -> None:
    """Make API apps, list them, give them another secret, switch them off."""


@app.command("create")
@click.option("--name", required=True, metavar="NAME")
@click.option("--scopes", required=True, metavar="SCOPES", help="all, or names with commas between them.")
@click.option("--creator", default="", metavar="EMAIL", help="Whose rights the app has at most. Default: the owner.")
@key_option
@as_operator
def create(actor: Actor, name: str, scopes: str, creator: str, key: str | None) -> None:
    """Make an app and print its secret, which nobody can read again."""
    from usher.access import api_apps
    from usher.core.ids import short

    who = api_apps.creator_by_address(actor, creator)
    id, secret = api_apps.make(actor, name, scopes, fresh_key(key), creator=who)
    _show(actor, short(id), secret)


@app.command("list")
@as_operator
def list_apps(actor: Actor) -> None:
    """List the apps of an account."""
    from usher.access import api_apps

    from .columns import lined_up

    found = [{**a, "creator": a["email"], "scopes": " ".join(a["scopes"])} for a in api_apps.apps(actor)]
    lines = [[a[c] for c in COLUMNS] for a in found]
    emit({"apps": [{c: a[c] for c in COLUMNS} for a in found]}, text=lined_up(COLUMNS, lines) or "There is no app yet.")


@app.command("rotate")
@click.argument("client_id")
@key_option
@as_operator
def rotate(actor: Actor, client_id: str, key: str | None) -> None:
    """Give an app another secret and print it; the one before is good for a day."""
    from usher.access import api_apps

    _show(actor, client_id, api_apps.rotate(actor, _id(client_id), fresh_key(key)))


@app.command("off")
@click.argument("client_id")
@as_operator
def switch_off(actor: Actor, client_id: str) -> int:
    """Switch an app off: it gets no token, and the ones it has open nothing."""
    return _change(actor, "access.edit_app", {"app": _id(client_id), "is_on": False})


@app.command("on")
@click.argument("client_id")
@as_operator
def switch_on(actor: Actor, client_id: str) -> int:
    """Switch an app on again."""
    return _change(actor, "access.edit_app", {"app": _id(client_id), "is_on": True})


@app.command("delete")
@click.argument("client_id")
@as_operator
def delete(actor: Actor, client_id: str) -> int:
    """Delete an app with its secrets and tokens, for good."""
    return _change(actor, "access.delete_app", {"app": _id(client_id)})


def _show(actor: Actor, client_id: str, secret: str | None) -> None:
    from usher.core.ids import short

    told = {"account_id": short(actor.account_id), "client_id": client_id, "client_secret": secret}
    emit(told, text="\n".join(f"{k}: {v if v is not None else 'shown before'}" for k, v in told.items()))


def _change(actor: Actor, verb: str, params: dict[str, Any]) -> int:
    from usher.journal.verb import plan

    from .doing import do

    return do(plan(actor, verb, params), fresh_key(None))


def _id(client_id: str) -> Any:
    """The app's id; its client id is the same in short. Refused (missing) by what asks for it when it is none."""
    from usher.core.ids import unshort

    try:
        return unshort(client_id)
    except ValueError:
        return client_id
