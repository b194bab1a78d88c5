"""What the lists of `usher phone` have in common: how they are narrowed, and what a phone gets."""

from collections.abc import Callable
from typing import Any

import click

from usher.core.actor import Actor


def narrowed(search: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--search, of which `search` says what it looks at, --site and --package."""

    def dress(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            click.option("--package", multiple=True, metavar="PACKAGE", help="A product such as calling:200; `none`, or `inactive`."),
            click.option("--site", metavar="SITE"),
            click.option("--search", default="", metavar="TEXT", help=search),
        ):
            function = option(function)
        return function

    return dress


def query_of(actor: Actor, search: str, site: str | None, package: tuple[str, ...], state: str) -> dict[str, Any]:
    """What `narrowed` says, as the lists of phones are asked. Refused (invalid, no_site) with the closest when there is no such site."""
    from usher.people.named import site_named

    at = [site_named(actor, site)["site"]] if site else []
    return {"q": search, "phone_site": at, "package": list(package), "phone": [state]}


def what_it_gets(function: Callable[..., Any]) -> Callable[..., Any]:
    """--package, --template, --numbers and --first: what a phone gets beside its extension."""
    for option in (
        click.option("--first", is_flag=True, help="When seats lack, the first that fit. Default: refuse and do nothing."),
        click.option("--numbers", is_flag=True, help="Each one gets the lowest free number of the site's country."),
        click.option("--template", metavar="TEMPLATE"),
        click.option("--package", metavar="PACKAGE", help="A calling package: calling:200, or 200."),
    ):
        function = option(function)
    return function


# Options of the verbs over many phones, of people and of rooms.
PACKAGE = click.Option(["--package", "package"], required=True, metavar="PACKAGE", help="calling:200, or 200.")
PACKAGES = click.Option(["--package", "packages"], multiple=True, metavar="PACKAGE", help="May be repeated. Default: all of them.")
NUMBERS = click.Option(
    ["--numbers"], flag_value="next", default="", help="Each one without a number gets the lowest free one of the site's country."
)
TEMPLATE = click.Option(["--template", "template"], required=True, metavar="TEMPLATE")
