"""The tally of a plan, the table of one of its parts, and the whole of it as a file (portal.md 5.2, 5.5, 5.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from usher.journal.plan import Preview, words_of
from usher.journal.rows import beside, changed_since, sample
from usher.journal.verb import NO_SEAT, REASONS, Plan
from usher.portal.csv_file import BOM, csv_line
from usher.portal.effects import in_words
from usher.portal.plan_seats import free_of
from usher.portal.wish import clean

ROWS = 50


@dataclass(frozen=True)
class Part:
    """One box of the tally, and a filter of the table. `codes` are the reasons of its rows; None for rows that will be done."""

    key: str
    n: int
    words: str
    codes: list[str] | None = None
    css: str = ""


def parts_of(planned: Plan, seen: Preview, tally: dict[str, Any], since: datetime | None) -> list[Part]:
    """What will be, what is so already, who finds no seat, is skipped, refused, was changed meanwhile. Empty parts are left out, but not the first."""
    left = seen.skipped(unchanged=planned.verb.unchanged)
    refused = {code: n for code, n in left.items() if code in REASONS and REASONS[code].refused}
    skipped = {code: n for code, n in left.items() if code not in refused}
    already = sorted({t.skip for t in seen.tallies if t.phase == seen.main and t.skip is not None} & planned.verb.unchanged)
    will = _("would change with the seats there are") if seen.missing else tally.get("will", _("will change"))
    parts = [
        Part("changed", changed_since(planned, since, seen.at) if since else 0, _("changed meanwhile"), css="warn"),
        Part("will", seen.fits, str(will)),
        Part("same", seen.unchanged(planned.verb.unchanged), str(tally.get("same", _("already so"))), already),
        Part("short", seen.will - seen.fits, _("find no seat"), [NO_SEAT], "warn"),
        Part("skipped", sum(skipped.values()), str(tally.get("skipped", _("are skipped"))), sorted(skipped)),
        Part("refused", sum(refused.values()), str(tally.get("refused", _("refused"))), sorted(refused), "bad"),
    ]
    return [p for p in parts if p.n or p.key == "will"]


def part_now(parts: list[Part], asked: str) -> Part:
    """The part the table shows: the one asked for, else what needs eyes, else what will change, else whoever is in the plan at all."""
    by_key = {p.key: p for p in parts}
    filled = next((p for p in parts if p.n and p.key != "same"), parts[-1])
    return by_key.get(asked) or by_key.get("changed") or by_key.get("refused") or (by_key["will"] if by_key["will"].n else filled)


def reasons_of(planned: Plan, seen: Preview) -> list[dict[str, Any]]:
    """Why people are left out, the commonest first: how many, the words, and the address of their names."""
    left = seen.skipped(unchanged=planned.verb.unchanged)
    refused = {code for code in left if code in REASONS and REASONS[code].refused}
    return [
        {"n": n, "words": words_of(code), "code": code, "part": "refused" if code in refused else "skipped"}
        for code, n in sorted(left.items(), key=lambda found: -found[1])
    ]


def lines_of(planned: Plan, seen: Preview, part: Part, data: QueryDict, since: datetime | None) -> list[dict[str, Any]]:
    """The rows of one part, in the plan's order, from the cursor on; `why` narrows them to one reason. Several changes of a person are one line each."""
    text = data.get("after", "")
    why = [c for c in data.getlist("why") if part.codes and c in part.codes] or part.codes
    rows = sample(
        planned,
        skipped=part.codes is not None,
        skip=why,
        search=clean(data.get("find", "")),
        after=int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0,
        limit=ROWS,
        free=free_of(seen),
        since=since,
        only_changed=part.key == "changed",
        at=seen.at,
    )
    return in_words(planned.actor, with_the_rest(rows, beside(planned, [r["obj"] for r in rows], seen.at)))


def with_the_rest(rows: list[dict[str, Any]], rest: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of people, each with what other phases do to the same person under `also`."""
    also: dict[UUID, list[dict[str, Any]]] = {}
    for other in rest:
        also.setdefault(other["obj"], []).append(other)
    return [{**row, "also": also.get(row["obj"], [])} for row in rows]


def plan_csv(planned: Plan) -> Iterator[str]:
    """The whole plan, everybody with what changes or why not, in pieces of 1,000 lines."""
    yield BOM + csv_line([_("Name"), _("E-mail"), _("What"), _("From"), _("To"), _("Why not")])
    for skipped in (False, True):
        after = 0
        while rows := sample(planned, skipped=skipped, after=after, limit=1_000):
            told = in_words(planned.actor, rows if skipped else with_the_rest(rows, beside(planned, [r["obj"] for r in rows])))
            yield "".join(csv_line(cells) for line in told for cells in _cells(line))
            after = rows[-1]["ord"]


def _cells(line: dict[str, Any]) -> list[list[Any]]:
    if line["why"] or not line["changes"]:
        return [[line["name"], line["email"], "", "", "", line["why"]]]
    return [[line["name"], line["email"], c["label"], c["old"], c["new"], ""] for c in line["changes"]]
