"""people.set_default_group and people.set_default_im_group: where everybody added from now on begins."""

import io
from dataclasses import replace
from uuid import UUID

import pytest

from tests.people.profiles import group
from tests.people_of import Company, crowd, do, finish, invite
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.lifecycle import join, staging
from usher.people import groups, reads

pytestmark = pytest.mark.django_db
VERBS = {"user": "people.set_default_group", "im": "people.set_default_im_group"}


def default(company: Company, kind: str, name: str | None) -> engine.Started:
    return do(company.admin, VERBS[kind], {"group": name})


def both_of(company: Company, user: UUID) -> tuple[str, UUID | None]:
    found = reads.person(company.owner, user)
    return found["group"], found["im_group_id"]


def test_it_works(northlake: Company) -> None:
    """S0-62, S0-63, S0-66: whoever is added from then on is in both; whoever is here already is not touched."""
    (before,) = invite(northlake.owner, "before@group.test")
    group(northlake.owner, "Everybody")
    im = group(northlake.owner, "Nordic", "im")
    default(northlake, "user", "Everybody")
    default(northlake, "im", "Nordic")
    assert (groups.default_name(northlake.owner, "user"), groups.default_name(northlake.owner, "im")) == ("Everybody", "Nordic")
    (after,) = invite(northlake.owner, "after@group.test")
    assert both_of(northlake, after) == ("Everybody", im)
    assert both_of(northlake, before) == ("", None)
    default(northlake, "user", None)
    (later,) = invite(northlake.owner, "later@group.test")
    assert both_of(northlake, later) == ("", im)


def test_without_the_privilege(northlake: Company) -> None:
    """The right to one kind is none to the other."""
    for verb, other in (("people.set_default_group", "people:im_group:manage"), ("people.set_default_im_group", "people:group:manage")):
        for actor in (northlake.member, replace(northlake.admin, privileges=frozenset({other}))):
            with pytest.raises(Refused) as no:
                do(actor, verb, {"group": None})
            assert no.value.kind == "forbidden"


def test_another_account_s_group_does_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: a foreign group is no default of ours; their default is none for our people."""
    theirs = group(southport.owner, "Harbor")
    with pytest.raises(Refused) as no:
        default(northlake, "user", str(theirs))
    assert no.value.code == "no_group"
    default(southport, "user", "Harbor")
    (ours,) = invite(northlake.owner, "ours@group.test")
    assert both_of(northlake, ours) == ("", None)


def test_the_other_kind_is_no_group_of_this_one(northlake: Company) -> None:
    group(northlake.owner, "Nordic", "im")
    group(northlake.owner, "Crew")
    for kind, name in (("user", "Nordic"), ("im", "Crew"), ("user", "nowhere")):
        with pytest.raises(Refused) as no:
            default(northlake, kind, name)
        assert (no.value.kind, no.value.code, no.value.field) == ("invalid", "no_group", "group")


def test_what_is_said_counts_more(northlake: Company) -> None:
    """The group of a line comes before what was chosen for all, and that before the default (S0-27, S0-62)."""
    for name in ("Everybody", "Crew", "Lab"):
        group(northlake.owner, name)
    default(northlake, "user", "Everybody")
    text = b"email,first name,last name,department,user group\nline@group.test,A,B,,Lab\nnone@group.test,A,B,,\n"
    stage = staging.stage_csv(northlake.admin, io.BytesIO(text), "people.csv", most=10, choices={})
    finish(engine.start(join.plan_invite(northlake.admin, stage, {"group": "Crew"}), "a"))
    told = {r["email"]: r["group"] for r in reads.page(northlake.owner, {"q": "group.test"}).rows}
    assert told == {"line@group.test": "Lab", "none@group.test": "Crew"}


def test_a_large_import_without_groups(northlake: Company) -> None:
    """S0-62: staged and stepped in chunks, too."""
    group(northlake.owner, "Everybody")
    default(northlake, "user", "Everybody")
    people = crowd(northlake.owner, 510)
    assert {both_of(northlake, p)[0] for p in (people[0], people[-1])} == {"Everybody"}


def test_a_default_that_is_deleted_before_its_import_comes_to_a_line(northlake: Company) -> None:
    """The line waits for another try instead of coming in without its group."""
    group(northlake.owner, "Everybody")
    default(northlake, "user", "Everybody")
    stage = staging.stage_addresses(northlake.owner, [f"p{i}@late.test" for i in range(510)], {})
    started = engine.start(join.plan_invite(northlake.owner, stage, {}), "late")
    do(northlake.owner, "people.delete_group", {"group": "Everybody"})
    finish(started)
    assert not reads.page(northlake.owner, {"q": "late.test"}).rows


def test_as_it_is_already(northlake: Company) -> None:
    group(northlake.owner, "Everybody")
    assert default(northlake, "user", None).state == "unchanged"
    default(northlake, "user", "Everybody")
    assert default(northlake, "user", "EVERYBODY").state == "unchanged"


def test_undo(northlake: Company) -> None:
    """The default before is the default again, unless it was set anew or is not there any more."""
    for name in ("Everybody", "Crew"):
        group(northlake.owner, name)
    first, second = default(northlake, "user", "Everybody").number or 0, default(northlake, "user", "Crew").number or 0
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, first)
    assert no.value.code == "changed"
    undo.start_undo(northlake.owner, second)
    assert groups.default_name(northlake.owner, "user") == "Everybody"
    undo.start_undo(northlake.owner, first)
    assert groups.default_name(northlake.owner, "user") == ""


def test_words(northlake: Company) -> None:
    """A headline says that it is about people yet to come."""
    group(northlake.owner, "Everybody")
    wish = plan(northlake.owner, "people.set_default_group", {"group": "Everybody"})
    assert wish.verb.headline(wish.params, 1) == "Everybody added from now on will be in Everybody."
