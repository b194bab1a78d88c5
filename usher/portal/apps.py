"""The portal as a Django app; its templates may use the tags of templatetags/usher.py without loading them."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register


class PortalConfig(AppConfig):
    name = "usher.portal"

    def ready(self) -> None:
        from usher.journal import names
        from usher.portal.changes.words import KINDS

        register(policies_check)
        names.TITLES.update(KINDS)


def policies_check(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """`check` fails where the web process would refuse to start: a route without a policy."""
    from usher.portal.page import check_policies

    try:
        check_policies()
    except (RuntimeError, KeyError) as trouble:
        return [Error(str(trouble), id="usher.E001")]
    return []
