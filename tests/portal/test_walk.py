"""Whichever way a page is found, it is the same page (decision 0003)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people_of import Company, crowd
from usher.core import keyset, sql, walk
from usher.portal import listing
from usher.portal.people.people_list import USERS
from usher.portal.wish import Wish

ORDERS = [(sort.key, down) for sort in USERS.sorts for down in (False, True)]


@pytest.fixture(scope="module")
def many(northlake: Company) -> Company:
    """90 people who match, 30 who do not, in three departments or none, some who never signed in."""
    people = {"u": crowd(northlake.operator, 120, prefix="w")}
    numbered = "SELECT u, n::int - 1 AS n FROM unnest(%(u)s::uuid[]) WITH ORDINALITY AS x (u, n)"
    sql.execute(
        f"""UPDATE people_user SET first_name = CASE WHEN n %% 4 = 0 THEN 'Other' ELSE 'Zoe' || n %% 7 END, last_name = 'Twin',
            department = (ARRAY['', 'Assembly', 'Finance'])[n %% 3 + 1] FROM ({numbered}) x WHERE id = u""",
        people,
    )
    sql.execute(
        f"""UPDATE people_standing SET status = 'active', last_sign_in = CASE WHEN n %% 5 > 0 THEN now() - make_interval(days => n %% 6) END
            FROM ({numbered}) x WHERE user_id = u""",
        people,
    )
    return northlake


def all_pages(many: Company, wish: Wish) -> list[list[str]]:
    """From the first page to the last and back, as lists of ids."""
    pages, page = [], listing.fetch(USERS, many.owner, wish)
    while True:
        pages.append([str(r["id"]) for r in page.rows])
        if page.after is None:
            break
        page = listing.fetch(USERS, many.owner, replace(wish, cursor=page.after))
    while page.before is not None:
        page = listing.fetch(USERS, many.owner, replace(wish, cursor=page.before))
        pages.append([str(r["id"]) for r in page.rows])
    return pages


@pytest.mark.parametrize(("sort", "down"), ORDERS)
def test_every_way_finds_the_same_pages(db: None, many: Company, monkeypatch: pytest.MonkeyPatch, sort: str, down: bool) -> None:
    """Collected at once; too many to collect, near ones first with a stretch too short for most pages; too many that begin so: the same, there and back."""
    wish = Wish(q="zoe", sort=sort, down=down)
    plain = all_pages(many, wish)
    assert sum(map(len, plain[:2])) == 90 and plain[-1] == plain[0]
    order, matches = listing.order_of(USERS, wish), listing.matches_of(USERS, many.owner, wish)
    assert [str(r["id"]) for r in keyset.stream(matches, order)] == plain[0] + plain[1], "the export has the order of the list"
    for beginnings in (1_000, 5):
        monkeypatch.setattr(keyset, "COUNT_BEGINNING_TO", beginnings)
        monkeypatch.setattr(keyset, "COUNT_TO", 20)
        for near in (1, 70, 5_000):
            monkeypatch.setattr(walk, "NEARBY", near)
            assert all_pages(many, wish) == plain


@pytest.mark.parametrize(("sort", "down"), ORDERS)
def test_nobody_is_twice_or_nowhere_among_equals_and_without_a_value(db: None, many: Company, sort: str, down: bool) -> None:
    """Many of one department or license, some of none: page by page, there and back, as one statement lists them (decision 0127)."""
    sql.execute(
        "UPDATE people_standing SET status = 'inactive', license = NULL WHERE account_id = %(a)s AND user_id IN (SELECT user_id FROM people_standing WHERE role = 'member' ORDER BY user_id LIMIT 70)",
        {"a": many.owner.account_id},
    )
    wish = Wish(chosen={"status": ("any",)}, sort=sort, down=down)
    matches, kind = listing.matches_of(USERS, many.owner, wish), listing.order_of(USERS, wish).sort
    way = "DESC" if down else "ASC"
    value = f"CASE WHEN {kind.filled or 'true'} THEN {kind.expression} END"
    listed = sql.rows(
        f"SELECT u.id {matches.source}{matches.where} ORDER BY {value} {way} NULLS LAST, CASE WHEN {value} IS NULL THEN u.id END, u.id {way}",
        matches.params,
    )
    pages = all_pages(many, wish)
    there = [id for page in pages[: -(-len(listed) // 50)] for id in page]
    assert there == [str(r["id"]) for r in listed] and len(there) > 100
    assert pages[-1] == pages[0]


@pytest.mark.parametrize("down", [False, True])
def test_whose_name_begins_so_comes_first(db: None, many: Company, monkeypatch: pytest.MonkeyPatch, down: bool) -> None:
    """Decision 0047: everybody is a Twin, twelve more are called Twinny; whichever way the list runs, they stand before the others."""
    sql.execute(
        "UPDATE people_user SET first_name = 'Twinny' WHERE first_name = 'Zoe0' AND account_id = %(a)s", {"a": many.owner.account_id}
    )
    for counted in (1_000, 5):
        monkeypatch.setattr(keyset, "COUNT_BEGINNING_TO", counted)
        page = listing.fetch(USERS, many.owner, Wish(q="twin", sort="name", down=down))
        names = [r["first_name"] for r in page.rows]
        begin = names.count("Twinny")
        assert begin > 5 and set(names[:begin]) == {"Twinny"} and names[begin:] == sorted(names[begin:], reverse=down)
        assert (page.count, page.more) == ((120, False) if counted == 1_000 else (5, True))


def test_a_rare_word_takes_two_statements(db: None, many: Company, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert listing.fetch(USERS, many.owner, Wish(q="zoe1")).count > 10
    with django_assert_num_queries(1):
        assert listing.fetch(USERS, many.owner, Wish(q="zoezoe")).count == 0
