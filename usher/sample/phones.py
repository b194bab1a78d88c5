"""The phones of the sample: ranges and numbers of its places, packages for those who call out, rooms that ring, people who set theirs up, some in the trash."""

from typing import TYPE_CHECKING

from usher.accounts import places
from usher.core import sql
from usher.core.actor import Actor
from usher.phone.tasks import keep_up
from usher.phone.verbs.extension import change_own

if TYPE_CHECKING:
    from .company import Company

# Place -> its country, the beginning of its numbers where it has some, and where emergency services go. Numbers of the kind that regulators keep free for
# fiction where there is one; the streets are invented.
AT = {
    "Bergen": ("NO", "+475551", "Pumpeveien 12, Bergen"),
    "Kraków": ("PL", "+4812555", "ul. Kalibracyjna 6, Kraków"),
    "Lyon": ("FR", "+3346571", "12 rue des Manomètres, Lyon"),
    "Dublin": ("IE", "+3531020", "8 Gauge Lane, Dublin"),
    "Lagos": ("NG", "", ""),
    "Porto": ("PT", "", ""),
    "Pune": ("IN", "", ""),
    "Seoul": ("KR", "", ""),
}
EACH = 24  # numbers of a place
SAYS = {"Lyon": {"recording": "ask"}}  # place -> what its phones may do, unless they have it otherwise
PLAN, GIVEN_UP, EXTRA = "calling:203", "calling:103", "calling_more:4000"
PACKAGES = {PLAN: 90, GIVEN_UP: 60, EXTRA: 12}
PRICES = {PLAN: "144.00", GIVEN_UP: "36.00", EXTRA: "60.00"}
SET_UP = ((236, 0), (233, 1), (229, 2))  # days before today, and which of three sets their phone up then
CHOICES: tuple[dict[str, str], ...] = ({}, {}, {"voicemail": "off"}, {}, {"waiting": "off"}, {}, {"recording": "ask"})


def arrange_phones(company: "Company") -> None:
    """The places get their ranges when the first of them is rolled out; who holds Phone gets an extension then and later."""
    with company.at(240):
        company.do(company.admin, "phone.change_settings", {"soft_delete": True})
        for nth, site in enumerate(sorted(places.sites(company.admin), key=lambda s: str(s["name"])), 2):
            country, _beginning, address = AT[site["name"]]
            side = {
                "lowest": nth * 1_000,
                "highest": nth * 1_000 + 999,
                "country": country,
                "emergency_address": address,
                "policy": SAYS.get(site["name"], {}),
            }
            company.do(company.admin, "phone.set_site", {"site": str(site["id"]), **side})
        company.do(company.admin, "phone.create_template", {"name": "Service desk", "policy": {"recording": "ask", "waiting": "on"}})
    with company.at(240, -1):
        keep_up()
        company.mails_out()
    with company.at(239):
        call_out(company)
    for days, third in SET_UP:
        with company.at(days):
            set_up(company, third)


def call_out(company: "Company") -> None:
    """Packages and numbers for the owner and two places, for some a package alone, and phones for a few rooms."""
    company.buy(PACKAGES, PRICES)
    numbers = [f"{beginning}{n:04}" for _country, beginning, _address in AT.values() if beginning for n in range(100, 100 + EACH)]
    company.do(company.desk, "phone.add_numbers", {"numbers": numbers})
    bergen, lyon, seoul = (with_phones(site) for site in ("Bergen", "Lyon", "Seoul"))
    company.do(company.desk, "phone.add", {"package": PLAN, "numbers": "next", "subjects": {"ids": [str(company.owner.user_id)]}})
    company.do(company.desk, "phone.assign_package", {"package": PLAN, "numbers": "next", "subjects": {"ids": bergen[:20] + lyon[:20]}})
    company.do(company.desk, "phone.assign_package", {"package": PLAN, "subjects": {"ids": bergen[20:]}})
    company.do(company.desk, "phone.assign_package", {"package": GIVEN_UP, "subjects": {"ids": lyon[20:] + seoul[:10]}})
    company.do(company.desk, "phone.apply_template", {"template": "Service desk", "subjects": {"ids": bergen[5:17]}})
    rooms = {"ids": meeting_rooms("Bergen", "Kraków")}
    company.do(company.desk, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": rooms})


def set_up(company: "Company", third: int) -> None:
    """A third of the people open the page of their phone and save it, the owner at once; every seventh of them has not done so until today."""
    found = sql.rows(
        """SELECT u.id, u.first_name || ' ' || u.last_name AS name FROM phone_user h JOIN people_user u ON u.id = h.user_id
           WHERE h.state = 'active' ORDER BY u.id <> %(o)s, h.extension""",
        {"o": company.owner.user_id},
    )
    for nth, person in enumerate(found):
        if nth % 3 == third and nth % 7 != 6:
            actor = Actor("person", company.account, person["name"], frozenset(), "portal", person["id"])
            change_own(actor, "", CHOICES[nth % len(CHOICES)], company.key())


def give_one_up(company: "Company") -> None:
    """A package is not given any more, and found with those who hold it. In a company that has no phones yet there is nothing to do."""
    if with_phones():
        with company.at(13):
            company.do(company.admin, "phone.switch_package", {"package": GIVEN_UP, "active": False})


def put_some_away(company: "Company") -> None:
    """Two phones lie in the trash; what they had is free, and somebody has the number of one by now."""
    if bergen := with_phones("Bergen"):
        with company.at(5):
            number = sql.value("SELECT number FROM phone_number WHERE holder_id = %(h)s", {"h": bergen[7]})
            company.do(company.desk, "phone.put_in_trash", {"subjects": {"ids": bergen[7:9]}})
            company.do(company.desk, "phone.assign_numbers", {"numbers": [number], "holder": bergen[25]})


def with_phones(*sites: str) -> list[str]:
    """The people who have a phone, at these sites or anywhere, by extension."""
    query = """SELECT h.id FROM phone_user h JOIN accounts_site g ON g.id = h.site_id WHERE h.state = 'active' AND h.user_id IS NOT NULL
      AND (g.name = ANY(%(s)s) OR %(s)s::text[] = '{}') ORDER BY h.extension"""
    return [str(r["id"]) for r in sql.rows(query, {"s": list(sites)})]


def meeting_rooms(*sites: str) -> list[str]:
    """The Zoom Rooms of places."""
    query = "SELECT r.id FROM accounts_room r JOIN accounts_site g ON g.id = r.site_id WHERE r.kind = 'ZoomRoom' AND g.name = ANY(%(s)s) ORDER BY r.id"
    return [str(r["id"]) for r in sql.rows(query, {"s": list(sites)})]
