from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register, register_pair
from usher.journal.verify import invariant


class PeopleConfig(AppConfig):
    name = "usher.people"

    def ready(self) -> None:
        register_pair("people:user", _("users"))
        register_pair("people:group", _("groups"))
        register_pair("people:im_group", _("IM groups"))
        register_pair("people:advanced", _("changes of all people at once"))
        register_pair("people:mark", _("the never-touch list"))
        register("people:self:manage", _("accept their own invitation"))
        from . import verbs  # noqa: F401

        invariant(
            "I3-standing",
            "every person has a standing in the same account; who is gone has left",
            """SELECT u.id::text FROM people_user u LEFT JOIN people_standing s ON s.user_id = u.id
               WHERE s.user_id IS NULL OR s.account_id <> u.account_id OR (s.status = 'gone') <> (u.left_at IS NOT NULL)""",
        )
        invariant(
            "I4-owner",
            "every account has exactly one owner, and nobody is in a closed one",
            """SELECT a.id::text, count(s.user_id)::int AS owners FROM accounts_account a
               LEFT JOIN people_standing s ON s.account_id = a.id AND s.status <> 'gone' AND (a.closed_at IS NOT NULL OR s.role = 'owner' AND s.status <> 'inactive')
               GROUP BY a.id HAVING count(s.user_id) <> CASE WHEN a.closed_at IS NULL THEN 1 ELSE 0 END""",
        )
        invariant(
            "I3-groups",
            "whoever is in a user group has one primary; user groups, IM groups and defaults are of their kind",
            """SELECT m.user_id::text FROM people_membership m GROUP BY 1 HAVING count(*) FILTER (WHERE m."primary") <> 1
               UNION ALL SELECT m.user_id::text FROM people_membership m JOIN people_group g ON g.id = m.group_id WHERE g.kind <> 'user'
               UNION ALL SELECT u.id::text FROM people_user u JOIN people_group g ON g.id = u.im_group_id WHERE g.kind <> 'im'
               UNION ALL SELECT d.group_id::text FROM people_defaultgroup d JOIN people_group g ON g.id = d.group_id WHERE g.kind <> d.kind""",
        )
