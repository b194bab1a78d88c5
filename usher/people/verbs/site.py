"""Which site people are at: one each, or none. Where they are decides whom a role for a site covers, so nobody whose role covers a part moves them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from usher.accounts.places import SITE_GONE
from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, register
from usher.people import selection
from usher.people.named import site_named
from usher.people.of_people import OfPeople

# The site is locked shared: whoever deletes it waits, and then sees the people; or it is gone, and nobody comes to it.
THERE = """there AS MATERIALIZED (SELECT g.id FROM accounts_site g WHERE g.account_id = %(account)s
  AND g.id IN (SELECT (ok.after->>'site_id')::uuid FROM ok) ORDER BY g.id FOR SHARE)"""
IS_THERE = "(ok.after->>'site_id' IS NULL OR (ok.after->>'site_id')::uuid IN (SELECT id FROM there))"


class AtSite(Part):
    """The one site of a person, or none. Parameters: site (null for none), site_name.

    It is like ImGroup but for the lock: deleting an IM group locks the people in it after the group, so whoever comes to one must not wait for it.
    """

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('site', g.name, 'site_id', u.site_id) AS before,
                   jsonb_build_object('site', %(site_name)s::text, 'site_id', %(site)s::uuid) AS after,
                   CASE WHEN u.site_id IS NOT DISTINCT FROM %(site)s::uuid THEN 'already' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = s.user_id
                   LEFT JOIN accounts_site g ON g.id = u.site_id {selection.order_by(params["subjects"])}"""

    write = f"""
{THERE},
did AS (UPDATE people_user t SET site_id = (ok.after->>'site_id')::uuid FROM ok
  WHERE t.id = ok.obj AND t.left_at IS NULL AND t.site_id IS NOT DISTINCT FROM (ok.before->>'site_id')::uuid AND {IS_THERE} RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.status = 'gone' OR u.site_id IS DISTINCT FROM (e.after->>'site_id')::uuid THEN 'changed'
                        WHEN e.before->>'site_id' IS NOT NULL AND g.id IS NULL THEN '{SITE_GONE}' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj JOIN people_user u ON u.id = e.obj
                   LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid WHERE {DONE} ORDER BY e.obj"""


@register
class SetSite(OfPeople):
    """Give each of a set of people one site, or none when no site is named. Refuses (invalid, no_site) one that is not in this account (TENANT-03)."""

    name = "people.set_site"
    privilege = "people:user:manage"
    keeps_scope = False  # who comes to a site comes into the reach of whoever covers it (AUTHZ-11)
    parts = (AtSite(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return site_named(actor, params["site"]) if params.get("site") else {"site": None, "site_name": None}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["site"]:
            told = ngettext("%(n)s\u00a0person will be at the site %(site)s.", "%(n)s\u00a0people will be at the site %(site)s.", will)
        else:
            told = ngettext("%(n)s\u00a0person will have no site.", "%(n)s\u00a0people will have no site.", will)
        return told % {"n": figure(will), "site": params["site_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["site"]:
            told = ngettext("%(n)s\u00a0person is at the site %(site)s now", "%(n)s\u00a0people are at the site %(site)s now", done)
        else:
            told = ngettext("%(n)s\u00a0person left without a site", "%(n)s\u00a0people left without a site", done)
        return told % {"n": figure(done), "site": params["site_name"]}
