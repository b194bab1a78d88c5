"""The same company grown to 100,000 people, by the same verbs on sets of thousands."""

from usher.core import sql
from usher.licenses.catalog import BASIC, LICENSED

from .company import PLACE_NAMES, SEATS, Company

PEOPLE = 100_000
SEATS_OF_MANY = {**SEATS, BASIC: 120_000, LICENSED: 24_000, "phone": 14_000, "whiteboard": 6_000}


class LargeCompany(Company):
    """Fewer stories, more people: a year in nine Changes, and what the company of 1,200 has lately."""

    seats = renewed = SEATS_OF_MANY
    items = 16_000

    def tell(self) -> None:
        self.begin()
        self.move_in()
        self.make_content()
        self.lately()
        self.signed_in()

    def move_in(self) -> None:
        """Each place at once: a fifth Licensed; after the first and the fourth place those get Phone."""
        each = PEOPLE // len(PLACE_NAMES)
        for week, place in enumerate(PLACE_NAMES):
            with self.at(330 - 40 * week):
                self.invite(self.admin, self.crowd.of(place, each // 5), license=LICENSED, group="Everyone")
                self.invite(self.admin, self.crowd.of(place, each - each // 5), license=BASIC, group="Field crew", im_group="Northlake")
                self.analyze()
            with self.at(328 - 40 * week):
                self.activate(query={"status": ["pending"]})
                if week in (0, 3):
                    self.do(
                        self.admin,
                        "licenses.give_add_on",
                        {"add_on": "phone", "subjects": {"query": {"license": [LICENSED], "status": ["active"]}}},
                    )
                self.arrange(week)

    def analyze(self) -> None:
        """All of it is one transaction, so autovacuum cannot; joins over fresh rows would be planned for an empty table."""
        sql.execute(
            "ANALYZE people_user, people_standing, people_invitation, people_membership, licenses_seat, mail_message, journal_effect"
        )
