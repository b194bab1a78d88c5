"""people.choose_settings: everybody's own choice of language, theme, keys and mail."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people_of import Company, actor_of, breaches, do
from usher.core import sql
from usher.core.actor import Settings
from usher.core.refusals import Refused
from usher.journal import reads
from usher.people.verbs.own import OWN, choose

pytestmark = pytest.mark.django_db
NAME = "people.choose_settings"
EVERY = {"language": "de", "time_zone": "Europe/Oslo", "theme": "dark", "single_keys": False, "mail_when_done": False}


def settings_of(user: object) -> dict[str, Any]:
    found = sql.row("SELECT language, time_zone, theme, single_keys, mail_when_done FROM people_user WHERE id = %(u)s", {"u": user})
    assert found is not None
    return found


def test_it_works(northlake: Company) -> None:
    """A member may; it is a Change of theirs, and the next request knows it."""
    choose(northlake.member, EVERY)
    assert settings_of(northlake.member.user_id) == EVERY
    assert northlake.member.user_id is not None
    now = actor_of(northlake.member.user_id)
    assert (now.languages[0], now.settings) == ("de", Settings("dark", single_keys=False, mail_when_done=False))
    told = reads.changes(northlake.owner, limit=1)[0]
    assert (told["verb"], told["actor_name"]) == (NAME, northlake.member.name)
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """The operator is no person and has no settings; who lacks the right to their own is refused."""
    for actor in (northlake.operator, replace(northlake.member, privileges=frozenset())):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"settings": EVERY})
        assert no.value.kind == "forbidden"


def test_other_account_and_other_people_keep_theirs(northlake: Company, southport: Company) -> None:
    """TENANT-01: nobody is named in it, so nobody else can be meant."""
    before = settings_of(northlake.admin.user_id)
    choose(northlake.member, EVERY)
    assert settings_of(northlake.admin.user_id) == before == settings_of(southport.member.user_id)


def test_what_is_not_named_stays_and_what_is_so_already_is_no_change(northlake: Company) -> None:
    choose(northlake.admin, {"theme": "light"})
    assert settings_of(northlake.admin.user_id) == {
        "language": "",
        "time_zone": "UTC",
        "theme": "light",
        "single_keys": True,
        "mail_when_done": True,
    }
    started = do(replace(northlake.admin, privileges=frozenset({OWN})), NAME, {"settings": {"theme": "light", "single_keys": True}})
    assert started.state == "unchanged"
    choose(northlake.admin, {"theme": "light", "single_keys": False})
    effect = sql.row(
        "SELECT before, after FROM journal_effect WHERE obj = %(u)s ORDER BY change_id DESC LIMIT 1", {"u": northlake.admin.user_id}
    )
    assert effect == {"before": {"single_keys": True}, "after": {"single_keys": False}}


@pytest.mark.parametrize("language", ["deutsch", "../de", "de\0", "DE", None, 7])
def test_what_is_no_code_is_refused(northlake: Company, language: object) -> None:
    with pytest.raises(Refused) as no:
        do(replace(northlake.member, privileges=frozenset({OWN})), NAME, {"settings": {"language": language}})
    assert no.value.code == "bad_language"


@pytest.mark.parametrize(
    "settings",
    [{}, None, [], {"email": "x@y.test"}, {"theme": "pink"}, {"time_zone": "Mars/Base"}, {"single_keys": "yes"}, {"mail_when_done": 1}],
)
def test_what_is_no_setting_is_refused(northlake: Company, settings: Any) -> None:
    with pytest.raises(Refused) as no:
        do(replace(northlake.member, privileges=frozenset({OWN})), NAME, {"settings": settings})
    assert no.value.kind == "invalid"
