"""The list of Users in a large account: every filter, sort and end of it, and searches, against a page of fifty by primary key."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from .figure import Figure, median, percentile, seconds
from .people import FIRST
from .population import SYLLABLES, fill
from .server import open_account

SORTS = ("name", "email", "department", "license", "created", "last_sign_in")
SEARCHES = 200


def run(people: int = 1_000_000) -> list[Figure]:
    """Made by set statements; read by what the page calls (portal/listing.py)."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.core.ids import uuid7
    from usher.people import find, reads
    from usher.portal.listing import fetch
    from usher.portal.people.people_list import USERS
    from usher.portal.wish import Wish

    account = open_account("big")
    fill(account, people, "big.test")
    actor = operator(account)
    groups = [str(g["id"]) for g in reads.groups(actor, "user")]
    filters: list[Mapping[str, tuple[str, ...]]] = [
        {},
        {"status": ("any",)},
        {"status": ("inactive",)},
        {"license": ("meetings:on_prem",)},
        {"role": ("admin",)},
        {"add_on": ("phone",)},
        {"add_on": ("webinar:500",)},
        {"group": (groups[0],)},
        {"department": ("Department 7",)},
        {"department": ("Glass Workshop",), "role": ("admin",)},
    ]
    draw = random.Random(7)
    low, high = sql.row(
        "SELECT min(id::text) AS low, max(id::text) AS high FROM people_user WHERE account_id = %(a)s", {"a": account}
    ).values()  # type: ignore[union-attr]
    ids = [
        r["id"] for r in sql.rows("SELECT id FROM people_user TABLESAMPLE SYSTEM (1) WHERE account_id = %(a)s LIMIT 5000", {"a": account})
    ] or [low, high]

    def key_page() -> list[dict[str, Any]]:
        return sql.rows(
            f"SELECT {USERS.select} {USERS.source} AND u.id > %(id)s ORDER BY u.id LIMIT 50", {"account": account, "id": draw.choice(ids)}
        )

    def a_search() -> str:
        syllables = draw.choices(SYLLABLES, k=3)
        return draw.choice(
            [
                draw.choice(FIRST),
                "".join(syllables),
                f"{draw.choice(FIRST)} {''.join(syllables)}",
                str(draw.randrange(people)),
                str(uuid7())[:8],
            ]
        )

    first, last, both, most = [], [], [], 0
    for chosen in filters:
        for sort in SORTS:
            for down in (False, True):
                wish = Wish(chosen=chosen, sort=sort, down=down)
                with CaptureQueriesContext(connection) as asked:
                    page = fetch(USERS, actor, wish)
                most = max(most, len(asked))
                first.append(seconds(lambda wish=wish: fetch(USERS, actor, wish)))
                opposite = fetch(USERS, actor, replace(wish, down=not down)).rows
                if page.after is None or not opposite:
                    continue
                edge = opposite[min(49, len(opposite) - 1)]
                at = replace(
                    page.after,
                    value=edge["sort_value"].isoformat() if hasattr(edge["sort_value"], "isoformat") else edge["sort_value"],
                    id=edge["sort_id"],
                )
                last.append(seconds(lambda wish=wish, at=at: fetch(USERS, actor, replace(wish, cursor=at))))
                both.append((first[-1], last[-1]))
    learning = seconds(lambda: fetch(USERS, actor, Wish(q="jortorsand")))  # which letters are rare, once an hour (people/letters.py)
    keyed, searched, told, near = [], [], [], []
    for _ in range(SEARCHES):
        keyed.append(seconds(key_page))
        text = a_search()
        searched.append(seconds(lambda text=text: fetch(USERS, actor, Wish(q=text))))
        told.append(seconds(lambda text=text: reads.page(actor, {"q": text})))
    told += [seconds(lambda way=way: reads.page(actor, {}, sort=way)) for sort in SORTS for way in (sort, f"-{sort}")]
    for text in ("lindqvst", "wilhelmna", "sjoberk", "zzqqxx", "kazlauskate"):
        near.append(seconds(lambda text=text: find.similar(actor, text)))
    ends = median(last) / median(first)
    dearest = max(end / begin for begin, end in both)
    ratio = percentile(searched, 0.99) / percentile(keyed, 0.99)
    return [
        Figure(
            f"Users list of {people:,}: {len(first)} filters and sorts, first page p50 (p99)",
            _ms(first),
            "",
            "",
            f"{most} statements",
            most <= 15,
        ),
        Figure("… last page", _ms(last), _ms(first), f"{ends:.2f} x", "about 1 x", ends < 2),
        Figure("… the last page of one filter and sort against its own first, at most", "", "", f"{dearest:.1f} x"),
        Figure(
            f"… {SEARCHES} searches, p50 (p99), against a page by primary key",
            _ms(searched),
            _ms(keyed),
            f"p99 {ratio:.1f} x",
            "<= 5 x",
            ratio <= 5,
        ),
        Figure("… the first of an hour, which learns what letters are rare", f"{learning * 1000:.0f} ms"),
        Figure("… the same searches and sorts as `usher people list` reads them", _ms(told), _ms(searched)),
        Figure("… who is near a name that nobody has, p50 (p99)", _ms(near)),
    ]


def _ms(times: list[float]) -> str:
    return f"{median(times) * 1000:.1f} ({percentile(times, 0.99) * 1000:.0f}) ms"
