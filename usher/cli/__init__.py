"""The `usher` command. Exit codes: 0 done, 1 invariant breached, 2 usage, 3 refused and nothing done, 4 done in part, 5 no server.

Beside them 130 after Ctrl-C, and 70 for a mistake of Usher itself, so that 1 keeps its meaning.
"""

import json
import traceback
from importlib import import_module
from typing import Any

import click

# Name -> (module of usher.cli, attribute, one line for --help). Modules are imported when called, so that --help stays quick.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("service", "up", "Start everything: database, web and worker."),
    "web": ("service", "web", "Run the web server only."),
    "worker": ("service", "worker", "Run the background worker only."),
    "migrate": ("service", "migrate", "Bring the database to this version."),
    "doctor": ("service", "doctor", "Check this machine and say what to do."),
    "account": ("accounts", "account", "Open and list accounts, change settings."),
    "plans": ("plans", "plans", "Say what accounts on each plan have."),
    "products": ("accounts", "products", "List what can be bought."),
    "seats": ("accounts", "seats", "Set how many seats an account has bought."),
    "waiting": ("waiting", "waiting", "Who waits for a seat: list, put first, take off."),
    "sign-in-link": ("accounts", "sign_in_link", "Print a one-time sign-in link for a person."),
    "remove-factors": ("accounts", "remove_factors", "Take away the second factors of somebody who lost them."),
    "people": ("people", "people", "Add, list, show, import and export people."),
    "groups": ("groups", "groups", "Groups: list, create, rename, delete; who is in them; the default."),
    "im-groups": ("groups", "im_groups", "The same for IM groups."),
    "sites": ("places", "sites", "Sites: list, create, rename, delete; the main one."),
    "rooms": ("places", "rooms", "Rooms: list, create, change, delete."),
    "roles": ("roles", "roles", "Roles: list, show, create, set, delete."),
    "domains": ("domains", "domains", "Claim domains, prove them, and say what they do."),
    "advanced": ("advanced", "advanced", "Totals, and what is done to everybody at once."),
    "phone": ("phone", "phone", "Phones, numbers, calling packages, sites and templates."),
    "content": ("content", "content", "List what people made, and hand it over."),
    "app": ("app", "app", "Make API apps, and switch them off."),
    "webhooks": ("webhooks", "webhooks", "Tell addresses what happens: webhooks and their log."),
    "mail": ("mail", "mail", "Read the mails that were written."),
    "change": ("changes", "change", "List changes and show one."),
    "undo": ("changes", "undo", "Take a change back."),
    "verify": ("changes", "verify", "Prove every invariant from the tables."),
}
MISTAKE = 70  # EX_SOFTWARE of sysexits.h
ASKED, TOLD = "usher.asked", "usher.told"  # in the context: the words of the call, and that the command has told its object


class Table(click.Group):
    """A group that knows its commands by name and loads one when it is called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[ASKED] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            tell_alone(ctx, "usage", wrong.format_message())
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """What ends a command other than its own answer: a wrong call is 2, Ctrl-C, also at a question, 130, what nobody expected 70 and a trace.

        Words that are no text (CSV-08 lets files have such names) are a wrong call once somebody wants to read or keep them.
        """
        try:
            try:
                return super().invoke(ctx)
            except UnicodeEncodeError:
                if is_text(*ctx.meta[ASKED]):
                    raise
                raise click.UsageError("A word of the command is no text in UTF-8.", ctx) from None
        except click.UsageError as wrong:
            tell_alone(ctx, "usage", wrong.format_message())
            raise
        except (KeyboardInterrupt, click.Abort):
            raise SystemExit(130) from None
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception:
            traceback.print_exc()
            tell_alone(ctx, "mistake", "Usher made a mistake. The trace stands on standard error.")
            raise SystemExit(MISTAKE) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"usher.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, _, words) in COMMANDS.items()])


def tell_alone(ctx: click.Context, state: str, reason: str) -> None:
    """With --json the one object on stdout, unless the command has told its own."""
    if "--json" in ctx.meta[ASKED] and TOLD not in ctx.meta:
        click.echo(json.dumps({"state": state, "reason": reason}, ensure_ascii=False))


def is_text(*words: str) -> bool:
    """Whether they are Unicode. Python keeps bytes of a call that are none as lone surrogates (PEP 383)."""
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        return False
    return True


@click.command(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="usher", message="%(version)s")
def main() -> None:
    """Administer the people, licenses, phones and contact-center seats of a communications account."""
