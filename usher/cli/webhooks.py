"""The commands about webhooks: create, list, confirm, pause, resume, renew, log, resend, delete."""

import click

from usher.core.actor import Actor

from .app import id_of
from .door import emit
from .leaving import How, carry_out
from .options import as_operator, fresh_key, key_option, writing

COLUMNS = ("id", "name", "app", "url", "state", "waiting", "failed")
LOGGED = ("id", "created_at", "event", "name", "state", "tries", "why")


@click.group()
def webhooks() -> None:
    """Tell addresses what happens: make webhooks, confirm them, read their log, send again."""


@webhooks.command("create")
@click.option("--app", "client_id", required=True, metavar="CLIENT_ID", help="Whose scopes and rights it hears with.")
@click.option("--url", required=True, metavar="ADDRESS", help="An https address.")
@click.option("--name", default="Webhook", show_default=True, metavar="NAME")
@click.option("--events", default="all", metavar="EVENTS", help="all, or names with commas between them.")
@key_option
@as_operator
def create(actor: Actor, client_id: str, url: str, name: str, events: str, key: str | None) -> None:
    """Make a webhook and, with the first one of an app, print the signing secret, which nobody can read again."""
    from usher.connections.webhooks import subscriptions
    from usher.connections.webhooks.catalog import KINDS
    from usher.core.ids import short

    chosen = list(KINDS) if events == "all" else events.replace(",", " ").split()
    made = subscriptions.make(actor, id_of(client_id), {"name": name, "url": url, "events": chosen}, {"type": 0}, fresh_key(key))
    told = {"id": short(made.id), "signing_secret": made.secret}
    emit(told, text=f"id: {told['id']}\nsigning_secret: {made.secret or 'shown before, with the first webhook of the app'}")


@webhooks.command("list")
@as_operator
def list_webhooks(actor: Actor) -> None:
    """List the webhooks of an account."""
    from usher.connections.webhooks import subscriptions
    from usher.core.ids import short

    from .columns import lined_up

    found = [{**w, "id": short(w["id"])} for w in subscriptions.webhooks(actor)]
    lines = [[w[c] for c in COLUMNS] for w in found]
    emit(
        {"webhooks": [{c: w[c] for c in (*COLUMNS, "events")} for w in found]}, text=lined_up(COLUMNS, lines) or "There is no webhook yet."
    )


@webhooks.command("confirm")
@click.argument("id")
@as_operator
def confirm(actor: Actor, id: str) -> int:
    """Ask the address whether it knows the secret. One that does hears of events from then on."""
    from usher.connections.webhooks import confirming, log

    from .door import DONE, REFUSED

    tried = confirming.confirm(actor, id_of(id), fresh_key(None))
    right = confirming.is_confirmed(tried)
    why = "" if right else log.why(tried.status, tried.trouble)
    emit({"confirmed": right, "status": tried.status, "why": why}, text="Confirmed." if right else f"Not confirmed: {why}.")
    return DONE if right else REFUSED


@webhooks.command("pause")
@click.argument("id")
@writing
def pause(actor: Actor, id: str, key: str | None, dry_run: bool) -> int:
    """Tell nothing for a while. What happens meanwhile is not told later."""
    return _set_state(actor, id, "paused", How(key, dry_run, True, None))


@webhooks.command("resume")
@click.argument("id")
@writing
def resume(actor: Actor, id: str, key: str | None, dry_run: bool) -> int:
    """Let a paused webhook go on."""
    return _set_state(actor, id, "on", How(key, dry_run, True, None))


def _set_state(actor: Actor, id: str, state: str, how: How) -> int:
    return carry_out(actor, "connections.edit_webhook", lambda: {"webhook": id_of(id), "fields": {"webhook_state": state}}, how)


@webhooks.command("renew")
@click.argument("client_id")
@key_option
@as_operator
def renew(actor: Actor, client_id: str, key: str | None) -> None:
    """Sign the messages of an app with another secret and print it; the old one counts no more."""
    from usher.connections.webhooks import subscriptions

    secret = subscriptions.renew(actor, id_of(client_id), fresh_key(key))
    emit({"client_id": client_id, "signing_secret": secret}, text=f"signing_secret: {secret or 'shown before'}")


@webhooks.command("log")
@click.argument("id")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_operator
def show_log(actor: Actor, id: str, limit: int) -> None:
    """The newest deliveries of a webhook with what came back."""
    from usher.connections.webhooks import log
    from usher.connections.webhooks.fields import webhook_of

    from .columns import lined_up

    found = log.last(actor, webhook_of(actor, id_of(id))["webhook"], limit)
    told = [{**d, "id": d["path_id"], "created_at": d["created_at"].isoformat(timespec="seconds")} for d in found]
    emit(
        {"deliveries": [{c: d[c] for c in LOGGED} for d in told]},
        text=lined_up(LOGGED, [[d[c] for c in LOGGED] for d in told]) or "Nothing was sent yet.",
    )


@webhooks.command("resend")
@click.argument("id")
@click.argument("deliveries", nargs=-1)
@writing
def resend(actor: Actor, id: str, deliveries: tuple[str, ...], key: str | None, dry_run: bool) -> int:
    """Send deliveries again; without naming any, everything that failed."""
    wish = lambda: {"webhook": id_of(id), "deliveries": [id_of(d) for d in deliveries] or None}  # noqa: E731
    return carry_out(actor, "connections.send_again", wish, How(key, dry_run, True, None))


@webhooks.command("delete")
@click.argument("id")
@writing
def delete(actor: Actor, id: str, key: str | None, dry_run: bool) -> int:
    """Delete a webhook with its log, for good."""
    return carry_out(actor, "connections.delete_webhook", lambda: {"webhook": id_of(id)}, How(key, dry_run, True, None))
