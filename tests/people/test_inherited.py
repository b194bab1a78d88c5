"""Which setting holds: the person's, their primary group's, the account's; and locks (behaviour.md G)."""

from typing import Any

import pytest

from tests.people_of import Company, actor_of, do, one
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal.undo import start_undo
from usher.people import inherited, stored_settings

pytestmark = pytest.mark.django_db
CHAT = "in_meeting.chat"


def store(company: Company, level: str, value: Any = None, *, lock: bool | None = None, group: str = "", by: Any = None) -> Any:
    """A value of the setting *chat*, or its lock, at a level; null takes it away."""
    verb, named = {
        "account": ("accounts.store_settings", {}),
        "group": ("people.store_group_settings", {"group": group}),
        "person": ("people.store_settings", {"subjects": one(company.member.user_id or "")}),
    }[level]
    part, given = ("settings", value) if lock is None else ("locks", lock or None)
    wish = {"part": part, "settings": {"in_meeting": {"chat": given}}, "gone": [CHAT] if given is None else []}
    return do(by or company.owner, verb, {**named, **wish})


def holds(company: Company) -> tuple[Any, str, str]:
    """The value for the member, the level it is from, and the one that locked it."""
    found = inherited.holding(inherited.of_person(company.account, company.member.user_id), CHAT)  # type: ignore[arg-type]
    return found.value, found.of.name or found.of.kind if found.of else "", found.locked.name or found.locked.kind if found.locked else ""


def groups_of_member(company: Company, *names: str) -> None:
    for name in names:
        do(company.owner, "people.create_group", {"name": name})
        do(company.owner, "people.add_to_group", {"group": name, "subjects": one(company.member.user_id or "")})


def test_the_nearest_counts(northlake: Company) -> None:
    """Own, then primary group, then account; other groups say nothing that is not locked."""
    groups_of_member(northlake, "Crew", "Deck")
    assert holds(northlake) == (None, "", "")
    seen = []
    for level, value, group in (("group", False, "Deck"), ("account", True, ""), ("group", False, "Crew"), ("person", True, "")):
        store(northlake, level, value, group=group)
        seen.append(holds(northlake))
    assert seen == [(None, "", ""), (True, "account", ""), (False, "Crew", ""), (True, "person", "")]
    store(northlake, "person", None)
    assert holds(northlake) == (False, "Crew", "")


def test_a_lock_ends_the_question(northlake: Company) -> None:
    """Of the account before those of groups, of any group before the person; what is below is kept and counts again afterwards."""
    groups_of_member(northlake, "Crew", "Deck")
    store(northlake, "person", True)
    store(northlake, "group", False, group="Deck")
    store(northlake, "group", lock=True, group="Deck")
    assert holds(northlake) == (False, "Deck", "Deck"), "not their primary group, and it counts"
    store(northlake, "account", True)
    locked = store(northlake, "account", lock=True)
    assert holds(northlake) == (True, "account", "account")
    start_undo(northlake.owner, locked.number or 0)
    assert holds(northlake) == (False, "Deck", "Deck")
    store(northlake, "group", lock=False, group="Deck")
    assert holds(northlake) == (True, "person", "")


def test_a_lock_without_a_value(northlake: Company) -> None:
    """A group that locks what it has no word for locks what the account says."""
    groups_of_member(northlake, "Crew")
    store(northlake, "account", False)
    store(northlake, "group", lock=True, group="Crew")
    assert holds(northlake) == (False, "account", "Crew")
    store(northlake, "account", None)
    sql.execute(  # as it was before the lock
        """INSERT INTO people_usersettings (account_id, user_id, part, values, version) VALUES (%(a)s, %(u)s, 'settings', '{"in_meeting.chat": true}', 1)""",
        {"a": northlake.account, "u": northlake.member.user_id},
    )
    assert holds(northlake) == (None, "", "Crew")
    assert stored_settings.holding_for_user(northlake.owner, northlake.member.user_id, {CHAT}) == {}  # type: ignore[arg-type]


def test_a_lock_covers_what_lies_below(northlake: Company) -> None:
    """A setting of several fields is locked by its own name."""
    do(northlake.owner, "accounts.store_settings", {"part": "locks", "settings": {"in_meeting": {"polls": True}}})
    levels = inherited.of_account(northlake.account)
    assert inherited.holding(levels, "in_meeting.polls.enable").locked and not inherited.holding(levels, "in_meeting.pollsters").locked


def test_what_is_locked_cannot_be_said_otherwise(northlake: Company) -> None:
    """Refused by group and person with who locked it; what is written back as it holds is left out, so nothing is kept below."""
    groups_of_member(northlake, "Crew")
    store(northlake, "account", True)
    store(northlake, "account", lock=True)
    for level in ("group", "person"):
        with pytest.raises(Refused, match=r"in_meeting\.chat is locked by the account") as no:
            store(northlake, level, False, group="Crew")
        assert (no.value.code, no.value.field) == ("locked", CHAT)
        assert store(northlake, level, True, group="Crew").change_id is None
    store(northlake, "account", lock=False)
    store(northlake, "group", False, group="Crew")
    store(northlake, "group", lock=True, group="Crew")
    with pytest.raises(Refused, match="locked by the group Crew"):
        store(northlake, "person", True)


def test_who_may_lock(northlake: Company) -> None:
    """AUTHZ-20: who may not change the account's or the group's settings; a person locks nothing; a lock is there or not."""
    groups_of_member(northlake, "Crew")
    for level in ("account", "group"):
        with pytest.raises(Refused, match="right"):
            store(northlake, level, lock=True, group="Crew", by=actor_of(northlake.member.user_id))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="people do not"):
        store(northlake, "person", lock=True)
    with pytest.raises(Refused, match="there or it is not"):
        do(northlake.owner, "accounts.store_settings", {"part": "locks", "settings": {"in_meeting": {"chat": "yes"}}})


def test_other_accounts_say_nothing(northlake: Company, southport: Company) -> None:
    """TENANT-01: neither their settings nor their locks."""
    store(southport, "account", False)
    store(southport, "account", lock=True)
    assert holds(northlake) == (None, "", "")
    assert inherited.of_person(northlake.account, southport.member.user_id) == []  # type: ignore[arg-type]


def test_one_question(northlake: Company, django_assert_num_queries: Any) -> None:
    """However many groups somebody is in; and nothing sealed is inherited."""
    groups_of_member(northlake, "A", "B", "C")
    do(northlake.owner, "accounts.store_settings", {"part": "settings", "settings": {"schedule_meeting": {"pmi_password": "river"}}})
    assert sql.value("SELECT count(*) FROM people_membership WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == 3
    with django_assert_num_queries(1):
        levels = inherited.of_person(northlake.account, northlake.member.user_id)  # type: ignore[arg-type]
    assert inherited.whole(levels) == {}
