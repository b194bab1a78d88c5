"""What the people who look after the account have arranged: a role of their own, whom nobody touches, where newcomers begin, a domain, who waits."""

from typing import TYPE_CHECKING

from usher.journal import engine
from usher.journal.verb import plan
from usher.licenses.catalog import BASIC, LICENSED

from .names import Person

if TYPE_CHECKING:
    from .company import Company

HELPER = ("Maeve", "Corrigan", "maeve.corrigan", "Dublin", "IT", "Service desk")
ALARMS = ("Alarm", "Dispatch", "alarms", "Bergen", "Logistics", "")
HELP_DESK = {
    "name": "Help desk",
    "description": "Looks after the people of Field Service: profiles, invitations, leaving.",
    "privileges": ["people:user:view", "people:user:manage", "journal:change:view"],
    "most": 25,
}


def begin_rules(company: "Company") -> None:
    """A helper and a service account arrive; a role for one department, a default group and the never-touch list follow."""
    people = [Person(first, last, f"{local}@{company.crowd.domain}", *rest) for first, last, local, *rest in (HELPER, ALARMS)]
    with company.at(19):
        helper, alarms = (company.invite(company.admin, [person], license=BASIC, group="Everyone")[0] for person in people)
    with company.at(18, 4):
        company.accept([helper, alarms])
    with company.at(18, 2):
        company.do(company.owner, "access.create_role", HELP_DESK)
        role = company.key_of_role("Help desk")
        scope = {"kind": "department", "values": ["Field Service"]}
        company.do(company.owner, "access.set_role", {"role": role, "scope": scope, "subjects": {"ids": [helper]}})
        company.do(company.admin, "people.set_default_group", {"group": "Everyone"})
    with company.at(18):
        held, council = company.some(LICENSED, 2, "never touch")
        for ids, kind, why in (
            ([alarms], "service", "The plant's alarms call from it"),
            ([held], "never", "Legal hold, asked for by Finance"),
            ([council], "never", "Works council, agreement of March"),
        ):
            company.do(company.owner, "people.mark", {"subjects": {"ids": ids}, "kind": kind, "why": why})


def wait_and_claim(company: "Company") -> None:
    """The last seat for large meetings goes to one of two, and the other waits; the company's domain is claimed and not proven yet."""
    with company.at(1, 8):
        wish = plan(
            company.desk, "licenses.give_add_on", {"add_on": "large_meeting:500", "subjects": {"ids": company.some(LICENSED, 2, "wait")}}
        )
        company.finish(engine.start(wish, company.key(), short="wait"))
    with company.at(1, 6):
        company.do(company.owner, "accounts.claim_domain", {"domain": company.crowd.domain})
