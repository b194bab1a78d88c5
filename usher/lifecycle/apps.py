import contextlib

from django.apps import AppConfig

from usher.journal.verify import invariant


class LifecycleConfig(AppConfig):
    name = "usher.lifecycle"

    def ready(self) -> None:
        from . import accept, activate, come_back, invitations, join, leave, open_account  # noqa: F401

        with contextlib.suppress(ImportError):
            from . import mails  # noqa: F401
        invariant(
            "I10-links",
            "an open invitation belongs to a pending person, and a pending person has one",
            """SELECT s.user_id::text, s.status, i.state FROM people_standing s FULL JOIN people_invitation i ON i.user_id = s.user_id
               WHERE (s.status = 'pending') <> coalesce(i.state = 'open', false)""",
        )
