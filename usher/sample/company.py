"""Northlake Instruments: a believable company of about 1,200 people in eight places, made by the real verbs under a travelling clock.

Nobody in it has a password. `usher sign-in-link EMAIL` lets the operator look at the portal as any of them.
"""

from typing import Any

from django.db import transaction

from usher.access.actors import operator
from usher.accounts import places
from usher.accounts.models import Account
from usher.content.verbs.making import MOST_ITEMS
from usher.core import clock, sql
from usher.journal import undo
from usher.licenses.catalog import BASIC, LICENSED
from usher.lifecycle.open_account import open_account
from usher.lifecycle.tasks import expire_invitations

from .apps import begin_apps
from .calls import take_calls_in
from .content import items_of, webinars_of
from .names import PLACES, Crowd, Person
from .phones import arrange_phones, give_one_up, put_some_away
from .rules import begin_rules, wait_and_claim
from .telling import Telling

DOMAIN = "northlake.test"
OWNER = f"ingrid.halvorsen@{DOMAIN}"
ADMINS = [
    Person("Priya", "Raman", f"priya.raman@{DOMAIN}", "Pune", "IT", "Workplace lead"),
    Person("Tomas", "Lind", f"tomas.lind@{DOMAIN}", "Bergen", "IT", "Service desk"),
    Person("Aoife", "Brennan", f"aoife.brennan@{DOMAIN}", "Dublin", "IT", "Service desk"),
]
SEATS = {
    BASIC: 25_000,
    LICENSED: 600,
    "phone": 320,
    "webinar:500": 25,
    "large_meeting:500": 20,
    "whiteboard": 120,
    "contact_center:essentials": 60,
}
# Per seat and year.
PRICES = {
    LICENSED: "149.90",
    "phone": "96.00",
    "webinar:500": "690.00",
    "large_meeting:500": "480.00",
    "whiteboard": "24.90",
    "contact_center:essentials": "690.00",
}
RENEWED = {LICENSED: 452, "phone": 195, "webinar:500": 12, "large_meeting:500": 8, "whiteboard": 30, "contact_center:essentials": 46}
GROUPS = ["Everyone", "Field crew", "Kraków lab", "Leadership", "Night shift", "On call", "Works council"]
IM_GROUPS = ["Northlake", "Nordic", "Customer Care"]
ROOMS = {"Fjord": "ZoomRoom", "Lighthouse": "ZoomRoom", "Reception": "Kiosk", "Canteen": "DigitalSignageOnly"}
PLACE_NAMES = list(PLACES)


def is_empty() -> bool:
    """Whether there is no account yet."""
    return not Account.objects.exists()


def open_if_empty(kind: str = "company") -> str | None:
    """Open a sample (company or large) when no account exists; the owner's address then, else None. All of it or nothing."""
    from .large import LargeCompany

    with transaction.atomic():
        sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('usher sample', 0))")
        if not is_empty():
            return None
        (LargeCompany if kind == "large" else Company)(clock.now()).tell()
    return OWNER


class Company(Telling):
    """One telling of the company's year, in the order in which it happened."""

    seats, renewed, items = SEATS, RENEWED, 2_800

    def tell(self) -> None:
        self.begin()
        self.roll_out()
        arrange_phones(self)
        self.hire()
        self.make_content()
        self.lately()
        self.signed_in()

    def begin(self) -> None:
        """The account, its seats and groups, its owner and admins."""
        self.crowd = Crowd(DOMAIN)
        with self.at(362):
            self.account, _ = open_account("Northlake Instruments", "business", OWNER, first_name="Ingrid", last_name="Halvorsen")
            self.buy(self.seats)
        with self.at(361, 3):
            self.accept(self.ids_of([OWNER]))
            self.owner = self.actor(OWNER)
            for verb, names in (("people.create_group", GROUPS), ("people.create_im_group", IM_GROUPS)):
                for name in names:
                    self.do(self.owner, verb, {"name": name})
        with self.at(360):
            admins = [self.invite(self.owner, [admin], license=LICENSED, group="Leadership")[0] for admin in ADMINS]
        with self.at(359):
            self.accept(admins)
            self.do(self.owner, "access.set_role", {"role": "admin", "subjects": {"ids": admins}})
            self.admin, self.desk, self.help = (self.actor(admin.email) for admin in ADMINS)

    def roll_out(self) -> None:
        """Place after place comes over from the old system: its people are imported, and the operator activates them."""
        for week, place in enumerate(PLACE_NAMES):
            with self.at(350 - 14 * week):
                extra: dict[str, Any] = {"add_ons": ["phone"]} if week % 2 == 0 else {}
                here = self.invite(self.admin, self.crowd.of(place, 46), license=LICENSED, group="Everyone", im_group="Northlake", **extra)
                group = "Kraków lab" if place == "Kraków" else "Field crew"
                here += self.invite(self.admin, self.crowd.of(place, 74), license=BASIC, group=group, im_group="Northlake")
            with self.at(348 - 14 * week):
                self.activate(query={"status": ["pending"]})
                self.arrange(week)
                self.furnish(place, here)

    def furnish(self, place: str, people: list[str]) -> None:
        """The place as a site with a few rooms, and its people at it."""
        self.do(self.desk, "accounts.create_site", {"name": place})
        site = next(s["id"] for s in places.sites(self.desk) if s["name"] == place)
        for name, kind in ROOMS.items():
            self.do(self.desk, "accounts.create_room", {"name": name, "kind": kind, "site": str(site)})
        self.do(self.desk, "people.set_site", {"site": str(site), "subjects": {"ids": people}})

    def arrange(self, week: int) -> None:
        """What is done to the people of a place in its first days."""
        some = {"ids": self.some(BASIC, 9, str(week))}
        self.do(self.desk, "people.add_to_group", {"group": ("On call", "Night shift", "Works council")[week % 3], "subjects": some})
        if week % 3 == 0:
            self.do(
                self.desk, "people.set_department", {"department": "Calibration Lab", "subjects": {"ids": self.some(BASIC, 4, f"d{week}")}}
            )

    def hire(self) -> None:
        """Waves of joiners; most accept two days later, a few never do and their invitations expire."""
        for days, place, size, choices in (
            (226, "Lyon", 30, {"license": LICENSED, "add_ons": ["whiteboard"], "group": "Everyone"}),
            (190, "Lagos", 34, {"license": BASIC, "group": "Field crew"}),
            (151, "Porto", 24, {"license": BASIC, "group": "Night shift"}),
            (118, "Pune", 32, {"license": LICENSED, "group": "Everyone", "im_group": "Customer Care"}),
            (83, "Seoul", 40, {"license": BASIC, "group": "Night shift"}),
            (52, "Dublin", 30, {"license": BASIC, "group": "Field crew", "im_group": "Customer Care"}),
        ):
            with self.at(days):
                invited = self.invite(self.desk, self.crowd.of(place, size), **choices)
            with self.at(days - 2):
                self.accept([id for n, id in enumerate(invited) if n % 11])
            with self.at(days - 31):
                expire_invitations()

    def make_content(self) -> None:
        """What people made in the old system comes over in one night; recordings without their files, which stay where they were."""
        for part, hours in enumerate((17, 15, 13, 11)):
            with self.at(20, hours):
                made = items_of(self.some(LICENSED, 160, f"content{part}"), self.items // 4, clock.now(), str(part))
                for first in range(0, len(made), MOST_ITEMS):
                    self.do(operator(self.account), "content.create", {"items": made[first : first + MOST_ITEMS]})

    def lately(self) -> None:
        """Changes that make the first look interesting: promotions, an undone mistake, somebody refused, fresh invitations."""
        take_calls_in(self, 48, 22, file=(20, 10))
        with self.at(20, 9):  # at the renewal only what is needed is bought again
            self.buy(self.renewed, PRICES)
        with self.at(20, 5):
            hosts = self.some(LICENSED, 11)
            self.do(self.admin, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": {"ids": hosts}})
            self.do(operator(self.account), "content.create", {"items": webinars_of(hosts, clock.now())})
            self.do(self.desk, "licenses.give_add_on", {"add_on": "contact_center:essentials", "subjects": {"ids": self.some(BASIC, 45)}})
        with self.at(20):
            number = self.do(
                self.desk, "licenses.change_license", {"license": BASIC, "subjects": {"ids": self.some(LICENSED, 6, "mistake")}}
            )
        with self.at(20, -1):
            undo.start_undo(self.desk, number)
        begin_apps(self)
        begin_rules(self)
        with self.at(17):
            self.invite(self.desk, self.crowd.of("Bergen", 5), license=BASIC, group="Night shift")
        with self.at(15):
            self.do(self.admin, "licenses.change_license", {"license": LICENSED, "subjects": {"ids": self.some(BASIC, 17, "promoted")}})
        give_one_up(self)
        take_calls_in(self, 21, 13, file=(12, 0))
        with self.at(9):
            self.do(self.owner, "licenses.give_add_on", {"add_on": "large_meeting:500", "subjects": {"ids": self.some(LICENSED, 7)}})
        with self.at(6):
            for n, id in enumerate(self.some(LICENSED, 8, "titles")):
                title = ("Head of service", "Team lead", "Lab manager", "Shift lead")[n % 4]
                self.do(
                    self.help,
                    "people.edit_profile",
                    {"subjects": {"ids": [id]}, "fields": {"job_title": title, "employee_id": f"N-{1040 + n}"}},
                )
        take_calls_in(self, 12, 6, file=(5, 1))
        put_some_away(self)
        with self.at(4):
            left, heir = self.some(LICENSED, 160, "content0")[0], self.some(LICENSED, 1, "heir")[0]
            self.do(
                self.help, "content.hand_over", {"owners": {"ids": [left]}, "heir": heir, "kinds": ["meetings", "recordings_and_webinars"]}
            )
        with self.at(4, -1):
            self.do(self.help, "lifecycle.deactivate", {"subjects": {"ids": [left]}})
            leavers = self.some(BASIC, 7, "leavers")
            self.do(self.desk, "lifecycle.deactivate", {"subjects": {"ids": leavers}})
        with self.at(3):
            for _ in range(3):
                self.refused(self.help, "access.set_role", {"role": "admin", "subjects": {"ids": self.some(BASIC, 1)}})
        with self.at(2):
            self.do(self.desk, "lifecycle.delete", {"subjects": {"ids": leavers[:3]}})
        wait_and_claim(self)
        with self.at(1, 4):
            self.invite(self.desk, self.crowd.of("Lyon", 9), license=BASIC, group="Field crew", im_group="Northlake")
        with self.at(0, 2):
            self.invite(self.admin, self.crowd.of("Bergen", 3), license=LICENSED, add_ons=["phone"], group="Everyone")
        take_calls_in(self, 5, 0, file=(0, 1))
