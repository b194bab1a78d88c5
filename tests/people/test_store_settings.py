"""people.store_settings, people.store_group_settings and accounts.store_settings: settings that nothing here acts on."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, one
from usher.accounts import stored_verbs
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads, undo
from usher.people import stored_settings

STORE, GROUP, ACCOUNT = "people.store_settings", "people.store_group_settings", "accounts.store_settings"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def group(northlake: Company) -> str:
    do(northlake.owner, "people.create_group", {"name": "Sales"})
    return str(sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": northlake.account}))


def kept(company: Company) -> dict[str, object]:
    assert company.member.user_id
    return stored_settings.of_user(company.owner, company.member.user_id, "settings")


def store(company: Company, settings: object, **more: object) -> int:
    """Keep settings of the member; the number of the change."""
    assert company.member.user_id
    started = do(company.owner, STORE, {"subjects": one(company.member.user_id), "part": "settings", "settings": settings, **more})
    return started.number or 0


def of_each(company: Company, group: str) -> list[tuple[str, dict[str, object]]]:
    """The three verbs, with whom or what each is about."""
    assert company.member.user_id
    wish = {"part": "settings", "settings": {"a": {"b": 1, "c": [1]}}}
    return [(STORE, {**wish, "subjects": one(company.member.user_id)}), (GROUP, {**wish, "group": group}), (ACCOUNT, wish)]


def read(company: Company, group: str) -> list[dict[str, object]]:
    """What is kept for each of the three."""
    of_group = stored_settings.of_group(company.owner, UUID(group), "settings")
    return [kept(company), of_group, stored_verbs.stored_settings(company.owner, "settings")]


def test_it_works(northlake: Company, group: str) -> None:
    """AUDIT-01: the journal has before and after of the names that differ; undo takes them away again."""
    for verb, wish in of_each(northlake, group):
        do(northlake.owner, verb, wish)
        started = do(northlake.owner, verb, {**wish, "settings": {"a": {"b": 2, "c": [1], "d": {"e": True}}}})
        found = sql.row(
            "SELECT before->'settings' AS b, after->'settings' AS a FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}
        )
        assert found == {"b": {"a.b": 1, "a.d.e": None}, "a": {"a.b": 2, "a.d.e": True}}
        assert do(northlake.owner, verb, {**wish, "settings": {"a": {"b": 2}}}).state == "unchanged" and started.number
        undo.start_undo(northlake.owner, started.number)
    assert read(northlake, group) == [{"a": {"b": 1, "c": [1]}}] * 3 and breaches() == []


def test_without_the_privilege(northlake: Company, group: str) -> None:
    """AUTHZ-13, AUTHZ-05: neither a member, nor an admin what is the owner's own."""
    assert northlake.member.user_id and northlake.admin.user_id and northlake.owner.user_id
    tries = [(actor_of(northlake.member.user_id), verb, wish) for verb, wish in of_each(northlake, group)]
    above = {"part": "settings", "settings": {"a": 1}, "subjects": one(northlake.owner.user_id)}
    for actor, verb, wish in [*tries, (actor_of(northlake.admin.user_id), STORE, above)]:
        with pytest.raises(Refused) as no:
            do(actor, verb, wish)
        assert no.value.kind == "forbidden"
    assert read(northlake, group) == [{}] * 3


def test_another_account(northlake: Company, southport: Company, group: str) -> None:
    """TENANT-01: people and groups of another account do not exist, for reading and for writing."""
    (_, person), (_, of_group), _account = of_each(northlake, group)
    assert do(southport.owner, STORE, person).state == "unchanged" and northlake.member.user_id
    with pytest.raises(Refused) as no:
        do(southport.owner, GROUP, of_group)
    assert no.value.code == "no_group"
    store(northlake, {"a": 1})
    assert stored_settings.of_user(southport.owner, northlake.member.user_id, "settings") == {}
    assert stored_settings.of_group(southport.owner, UUID(group), "settings") == {}


@pytest.mark.parametrize("wrong", [{"part": "elsewhere"}, {"settings": {"a b": 1}}, {"settings": {"a": {"b": "\x00"}}}, {"settings": 5}])
def test_what_is_refused(northlake: Company, group: str, wrong: dict[str, object]) -> None:
    """MASS-08: what is no setting, and settings of more than one person."""
    (_, person), *_more = tries = of_each(northlake, group)
    for verb, wish in [*((verb, {**wish, **wrong}) for verb, wish in tries), (STORE, {**person, "subjects": {"query": {}}})]:
        with pytest.raises(Refused) as no:
            do(northlake.owner, verb, wish)
        assert no.value.kind == "invalid"


def test_undo_brings_back_what_was_there(northlake: Company) -> None:
    """Also a value that an object took the place of; what changed since is left alone."""
    store(northlake, {"a": {"b": 1}, "x": 5})
    number = store(northlake, {"a": 7, "x": {"y": 1}, "n": [1]})
    assert kept(northlake) == {"a": 7, "x": {"y": 1}, "n": [1]}
    undo.start_undo(northlake.owner, number)
    assert kept(northlake) == {"a": {"b": 1}, "x": 5} and breaches() == []
    other = store(northlake, {"x": 6})
    store(northlake, {"x": 7})
    with pytest.raises(Refused):
        undo.start_undo(northlake.owner, other)
    assert kept(northlake)["x"] == 7


def test_a_secret_is_sealed(northlake: Company) -> None:
    """SECRET-01: passwords are in no table and in no journal as they were given; whoever may read the settings reads them, and undo works."""
    first = store(northlake, {"schedule_meeting": {"pmi_password": "otter seven"}, "tsp": [{"token": "lynx nine"}]})
    second = store(northlake, {"schedule_meeting": {"pmi_password": "badger eight"}})
    assert kept(northlake) == {"schedule_meeting": {"pmi_password": "badger eight"}, "tsp": [{"token": "lynx nine"}]}
    for table in ("people_usersettings", "journal_effect", "journal_change", "journal_planrow"):
        text = str(sql.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t"))
        assert not [word for word in ("otter", "badger", "lynx") if word in text], table
    undo.start_undo(northlake.owner, second)
    assert kept(northlake)["schedule_meeting"] == {"pmi_password": "otter seven"}
    undo.start_undo(northlake.owner, first)
    assert kept(northlake) == {}


def test_a_deleted_group_comes_back_with_its_settings(northlake: Company, group: str) -> None:
    do(northlake.owner, GROUP, {"group": group, "part": "settings", "settings": {"in_meeting": {"chat": True}}})
    gone = do(northlake.owner, "people.delete_group", {"group": group}).number
    assert sql.value("SELECT count(*) FROM people_groupsettings") == 0 and gone
    started = undo.start_undo(northlake.owner, gone)
    assert started.state == "done"
    assert stored_settings.of_group(northlake.owner, UUID(group), "settings") == {"in_meeting": {"chat": True}} and breaches() == []


def test_the_activity_says_what(northlake: Company) -> None:
    """The sentence counts; a secret is one, and no more."""
    from usher.portal.effects import changes_of

    number = store(northlake, {"in_meeting": {"chat": True, "codes": [1]}, "schedule_meeting": {"pmi_password": "otter seven"}})
    found = reads.change(northlake.owner, number)
    effect = sql.row("SELECT before, after FROM journal_effect WHERE change_id = %(c)s", {"c": found["id"]})
    assert effect
    (told,) = changes_of(effect["before"], effect["after"])
    assert told["new"] == "in_meeting.chat: on, in_meeting.codes: [1] and schedule_meeting.pmi_password: a secret"


def test_ones_own(northlake: Company) -> None:
    """people.store_own_settings: oneself, without a right; nobody else, whoever asks."""
    member = replace(northlake.member, privileges=frozenset({"people:self:manage"}))
    wish = {"part": "settings", "settings": {"in_meeting": {"chat": True}}}
    done = do(member, "people.store_own_settings", {**wish, "subjects": one(member.user_id or "")})
    assert kept(northlake) == {"in_meeting": {"chat": True}} and breaches() == []
    for other in (northlake.owner.user_id, northlake.pending):
        with pytest.raises(Refused, match="themselves"):
            do(member, "people.store_own_settings", {**wish, "subjects": one(other or "")})
    desk = replace(northlake.admin, privileges=frozenset({"people:user:manage"}))
    assert done.number and undo.start_undo(desk, done.number).state == "done" and kept(northlake) == {}
    owner_s = do(northlake.owner, "people.store_own_settings", {**wish, "subjects": one(northlake.owner.user_id or "")}).number
    for nobody, code in ((replace(desk, privileges=frozenset({"people:user:view"})), "privilege"), (desk, "higher_rank")):
        with pytest.raises(Refused) as no:
            undo.start_undo(nobody, owner_s or 0)
        assert no.value.code == code
