"""Whichever way a page is found, it is the same page (decision 0003)."""

from dataclasses import replace

import pytest

from tests.people_of import Company, crowd
from usher.core import sql, walk
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
    """Plain, matches first, and near ones first with a stretch too short for most pages: 90 people, page by page, there and back."""
    wish = Wish(q="zoe", sort=sort, down=down)
    monkeypatch.setattr(listing, "ways_to_find", lambda **_: (walk.in_order,))
    plain = all_pages(many, wish)
    assert sum(map(len, plain[:2])) == 90 and plain[-1] == plain[0]
    monkeypatch.setattr(listing, "ways_to_find", lambda **_: (walk.matches_first,))
    assert all_pages(many, wish) == plain
    monkeypatch.setattr(listing, "ways_to_find", lambda **_: (walk.nearby, walk.matches_first))
    for near in (1, 70, 5_000):
        monkeypatch.setattr(walk, "NEARBY", near)
        assert all_pages(many, wish) == plain


def test_only_a_search_leaves_the_plain_way() -> None:
    assert walk.ways_to_find(searching=False, frequent=True) == (walk.in_order,)
    assert walk.ways_to_find(searching=True, frequent=False) == (walk.matches_first,)
    assert walk.ways_to_find(searching=True, frequent=True) == (walk.nearby, walk.matches_first)
