"""What may be done to sites: create, rename, make the main one, delete."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, register

from .places import HAS_PEOPLE, HAS_PHONES, HAS_ROOMS, HAS_TEMPLATES, IS_MAIN, PLACE_NAME_TAKEN, checked_ids, checked_name, site

# Its id is made from the name and the newest site there is, so that a plan and its start agree, and a name that was freed can be used again.
NEW_ID = """md5(%(account)s::text || 'site' || usher_fold(%(place)s) || coalesce((SELECT g.id::text FROM accounts_site g WHERE g.account_id = %(account)s
            ORDER BY g.created_at DESC, g.id DESC LIMIT 1), ''))::uuid"""
NAMESAKE = "EXISTS (SELECT 1 FROM accounts_site x WHERE x.account_id = %(account)s AND x.name_key = usher_fold({name}) AND x.id IS DISTINCT FROM {id})"
ROOMS_THERE = "EXISTS (SELECT 1 FROM accounts_room r WHERE r.account_id = {site}.account_id AND r.site_id = {site}.id)"
PEOPLE_THERE = "EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = {site}.account_id AND u.site_id = {site}.id AND u.left_at IS NULL)"
PHONES_THERE = "EXISTS (SELECT 1 FROM phone_user h WHERE h.site_id = {site}.id AND h.state = 'active')"
TEMPLATES_THERE = "EXISTS (SELECT 1 FROM phone_template p WHERE p.site_id = {site}.id)"
# What keeps a site from going. What is put away only remembers where it was.
USED = " OR ".join((ROOMS_THERE, PEOPLE_THERE, PHONES_THERE, TEMPLATES_THERE))
OTHERS_THERE = "EXISTS (SELECT 1 FROM accounts_site x WHERE x.account_id = {site}.account_id AND x.id <> {site}.id)"
# The site of a row, and before it the account: whoever makes a site, deletes one or says its range waits for whoever does the same, or gives phones at one,
# and never in a ring (docs/decisions/0104). What is asked of the others is then asked of them as they are.
AFTER_ACCOUNT = "CASE WHEN (SELECT true FROM accounts_account a WHERE a.id = %(account)s FOR NO KEY UPDATE) THEN obj END"
# The first site of an account is its main one.
INSERT = """INSERT INTO accounts_site (id, account_id, name, main, version, created_at)
            SELECT ok.obj, %(account)s, ok.after->>'name', NOT EXISTS (SELECT 1 FROM accounts_site x WHERE x.account_id = %(account)s), 1,
                   coalesce((ok.after->>'created_at')::timestamptz, %(now)s) FROM ok ON CONFLICT DO NOTHING RETURNING id AS obj"""


class NewSite(Part):
    """A site by its name, unique by canonical form. Parameter: place. Undone, it is gone, unless something stands there or it was changed since."""

    lock, locked = ("accounts_site", "id"), AFTER_ACCOUNT  # for the undo: whoever comes there waits, or is seen

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, {NEW_ID} AS obj, NULL::int AS version, NULL::jsonb AS before, jsonb_build_object('name', %(place)s::text) AS after,
                   CASE WHEN {NAMESAKE.format(name="%(place)s", id="NULL::uuid")} THEN '{PLACE_NAME_TAKEN}' END AS skip, NULL::text AS takes, NULL::text AS gives"""

    write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, g.version, e.after AS before, '{{}}'::jsonb AS after,
                   CASE WHEN g.id IS NULL OR g.version <> 1 OR {USED.format(site="g")} OR g.main AND {OTHERS_THERE.format(site="g")} THEN 'changed' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM journal_effect e LEFT JOIN accounts_site g ON g.id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""

    back_write = (
        f"""did AS (DELETE FROM accounts_site t USING ok WHERE t.id = ok.obj AND NOT ({USED.format(site="t")}) RETURNING t.id AS obj)"""
    )


class SiteName(Part):
    """Another name for a site. Parameters: site, place."""

    lock = ("accounts_site", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, g.id AS obj, g.version, jsonb_build_object('name', g.name, 'place', g.name) AS before,
                   jsonb_build_object('name', %(place)s::text, 'place', %(place)s::text) AS after,
                   CASE WHEN g.name = %(place)s THEN 'already' WHEN {NAMESAKE.format(name="%(place)s", id="g.id")} THEN '{PLACE_NAME_TAKEN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM accounts_site g WHERE g.account_id = %(account)s AND g.id = %(site)s::uuid"""

    write = f"""did AS (UPDATE accounts_site t SET name = ok.after->>'name', version = t.version + 1 FROM ok WHERE t.id = ok.obj AND t.name = ok.before->>'name'
                AND NOT {NAMESAKE.format(name="ok.after->>'name'", id="t.id")} RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, g.version, e.after AS before, e.before AS after, CASE WHEN g.name IS DISTINCT FROM e.after->>'name' THEN 'changed'
                   WHEN {NAMESAKE.format(name="e.before->>'name'", id="g.id")} THEN '{PLACE_NAME_TAKEN}' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e LEFT JOIN accounts_site g ON g.id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


class MainSite(Part):
    """Which site is the main one: a row about the account, whose lock everybody takes first, so there are never two. Parameter: site."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, a.version, jsonb_build_object('main_site', was.name, 'site_id', was.id) AS before,
                  jsonb_build_object('main_site', g.name, 'site_id', g.id) AS after, CASE WHEN g.main THEN 'already' END AS skip,
                  NULL::text AS takes, NULL::text AS gives FROM accounts_account a JOIN accounts_site g ON g.account_id = a.id AND g.id = %(site)s::uuid
                  LEFT JOIN accounts_site was ON was.account_id = a.id AND was.main WHERE a.id = %(account)s"""

    # The old one first: an index allows one main site at every moment, and `did` reads what `was` has written.
    write = """was AS (UPDATE accounts_site t SET main = false, version = t.version + 1 FROM ok
                 WHERE t.account_id = %(account)s AND t.id = (ok.before->>'site_id')::uuid AND t.main RETURNING ok.obj, (ok.after->>'site_id')::uuid AS site),
               did AS (UPDATE accounts_site t SET main = true, version = t.version + 1 FROM was
                 WHERE t.account_id = %(account)s AND t.id = was.site RETURNING was.obj AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, a.version, e.after AS before, e.before AS after,
                  CASE WHEN now.id IS NULL OR g.id IS NULL THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN accounts_account a ON a.id = e.obj LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid
                  LEFT JOIN accounts_site now ON now.id = (e.after->>'site_id')::uuid AND now.main
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


class SiteGone(Part):
    """Sites that are not needed any more. Parameter: ids. Skipped: where rooms, people, phones or their templates are (has_rooms …), and the main one of several."""

    lock, locked = ("accounts_site", "id"), AFTER_ACCOUNT

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, g.id AS obj, g.version, jsonb_build_object('name', g.name, 'created_at', g.created_at) AS before, '{{}}'::jsonb AS after,
                   CASE WHEN {ROOMS_THERE.format(site="g")} THEN '{HAS_ROOMS}' WHEN {PEOPLE_THERE.format(site="g")} THEN '{HAS_PEOPLE}'
                        WHEN {PHONES_THERE.format(site="g")} THEN '{HAS_PHONES}' WHEN {TEMPLATES_THERE.format(site="g")} THEN '{HAS_TEMPLATES}'
                        WHEN g.main AND {OTHERS_THERE.format(site="g")} THEN '{IS_MAIN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM accounts_site g WHERE g.account_id = %(account)s AND g.id = ANY(%(ids)s::uuid[]) ORDER BY g.id"""

    write = f"""did AS (DELETE FROM accounts_site t USING ok WHERE t.id = ok.obj AND NOT ({USED.format(site="t")})
                AND NOT (t.main AND {OTHERS_THERE.format(site="t")}) RETURNING t.id AS obj)"""
    back_write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN {NAMESAKE.format(name="e.before->>'name'", id="e.obj")} THEN '{PLACE_NAME_TAKEN}' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""


class _OfOneSite(Verb):
    """What the verbs about one site share: its id is checked, a foreign one does not exist (missing)."""

    privilege = "accounts:place:manage"

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


@register
class CreateSite(_OfOneSite):
    """Create a site. Parameter: name. The first one is the main site. Refuses a name another site has in any spelling (place_name_taken)."""

    name = "accounts.create_site"
    parts = (NewSite(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"name": checked_name(params.get("name"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"place": params["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0site will be created: %(site)s.") % {"site": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The site %(site)s was created") % {"site": params["name"]}


@register
class RenameSite(_OfOneSite):
    """Give a site another name. Parameters: site, name."""

    name = "accounts.rename_site"
    parts = (SiteName(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        (id,) = checked_ids([params.get("site")])
        return {"site": str(site(actor, UUID(id))["id"]), "name": checked_name(params.get("name"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"site": params["site"], "place": params["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The site will be called %(site)s.") % {"site": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A site was renamed: %(site)s") % {"site": params["name"]}


@register
class MakeMainSite(_OfOneSite):
    """Make a site the main one; the one before is an ordinary site then. Parameter: site."""

    name = "accounts.make_main_site"
    parts = (MainSite(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        (id,) = checked_ids([params.get("site")])
        found = site(actor, UUID(id))
        return {"site": str(found["id"]), "name": found["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(site)s will be the main site.") % {"site": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(site)s was made the main site") % {"site": params["name"]}


@register
class DeleteSites(Verb):
    """Delete sites. Parameter: sites, ids. Left alone: where rooms, people, phones or phone templates are, and the main site of several (is_main).

    The phone side of a site goes with it and does not come back by undo: `phone.delete_site` keeps it, and says where all that is there goes.

    Who left the account is none of these: a site they had is none any more, also when the deletion is undone.
    """

    name = "accounts.delete_sites"
    privilege = "accounts:place:manage"
    parts = (SiteGone(),)
    lost = gettext_lazy("The phone settings of a site do not come back, nor what programs kept with it.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"sites": checked_ids(params.get("sites"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params["sites"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["sites"]) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0site will be deleted.", "%(n)s\u00a0sites will be deleted.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0site was deleted", "%(n)s\u00a0sites were deleted", done) % {"n": figure(done)}
