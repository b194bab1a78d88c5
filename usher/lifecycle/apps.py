import contextlib

from django.apps import AppConfig

from usher.journal.run import told_of_long_work
from usher.journal.verify import invariant


class LifecycleConfig(AppConfig):
    name = "usher.lifecycle"

    def ready(self) -> None:
        # accept, invitations and leave come with decline, transfer and own_account
        from . import (  # noqa: F401
            activate,
            addresses,
            come_back,
            dates,
            decline,
            domain_switches,
            join,
            letting_in,
            long_work,
            open_account,
            overdue,
            own_account,
            own_address,
            phone_lines,
            purge,
            sign_up,
            transfer,
            update_people,
        )

        told_of_long_work.append(long_work.tell.name)
        with contextlib.suppress(ImportError):
            from . import mails  # noqa: F401
        invariant(
            "I10-links",
            "an open invitation belongs to a pending person, and a pending person has one",
            """SELECT s.user_id::text, s.status, i.state FROM people_standing s FULL JOIN people_invitation i ON i.user_id = s.user_id
               WHERE (s.status = 'pending') <> coalesce(i.state = 'open', false)""",
        )
        invariant(
            "I2-away",
            "nobody active stands among those who left, and whoever is deactivated does",
            """SELECT s.user_id::text, s.status, d.how FROM people_standing s FULL JOIN lifecycle_departure d ON d.user_id = s.user_id
               WHERE s.status = 'inactive' AND d.how IS DISTINCT FROM 'deactivated' OR s.status IN ('active', 'pending') AND d.how IS NOT NULL""",
        )
        invariant(
            "I2-gone",
            "whoever was deleted or unlinked can be told apart from who was purged",
            """SELECT u.id::text, u.left_how FROM people_user u LEFT JOIN lifecycle_departure d ON d.user_id = u.id
               WHERE u.left_how IN ('deleted', 'unlinked') AND d.user_id IS NULL""",
        )
        invariant(
            "I2-purged", "nobody waits for the end of their days in the trash for longer than a day while the clock runs", WAITS_TOO_LONG
        )


WAITS_TOO_LONG = """SELECT user_id::text, purge_at FROM lifecycle_departure WHERE purge_at < (
  SELECT to_timestamp(max(defer_timestamp)) - interval '1 day' FROM procrastinate_periodic_defers WHERE task_name = 'lifecycle.purge')"""
