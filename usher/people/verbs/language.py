"""The language in which somebody sees the portal and gets mail: their own choice."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register

OWN = "people:self:manage"
CODE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


def choose_language(actor: Actor, language: str) -> None:
    """Keep the actor's own language."""
    own = replace(actor, privileges=frozenset({OWN}))
    engine.start(plan(own, SetLanguage.name, {"language": language}), f"{SetLanguage.name}:{uuid7()}")


class OwnLanguage(Part):
    """The actor's own column. Parameter: language."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('language', u.language) AS before,
                  jsonb_build_object('language', %(language)s::text) AS after, CASE WHEN u.language = %(language)s THEN 'already' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %(account)s AND s.user_id = %(actor)s"""

    write = """did AS (UPDATE people_user t SET language = ok.after->>'language' FROM ok
               WHERE t.id = ok.obj AND t.left_at IS NULL AND t.language = ok.before->>'language' RETURNING t.id AS obj)"""


@register
class SetLanguage(Verb):
    """Choose the own language. Refuses (forbidden) who is no person, (invalid) what is no language code."""

    name = "people.set_language"
    privilege = OWN
    parts = (OwnLanguage(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.user_id is None:
            raise Refused("forbidden", "no_person", "Only people have a language.")
        if not CODE.fullmatch(str(params.get("language"))):
            raise Refused("invalid", "bad_language", "A language is a code such as en or de.", field="language")
        return {"language": params["language"]}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"language": params["language"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return f"Your language will be {params['language']}."

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return "A language was chosen"
