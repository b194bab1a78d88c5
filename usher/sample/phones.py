"""The phones of the sample: ranges and numbers of its places, packages for those who call out, a template, one phone in the trash."""

from typing import TYPE_CHECKING

from usher.accounts import places
from usher.core import sql
from usher.phone.tasks import keep_up

if TYPE_CHECKING:
    from .company import Company

# Place -> its country and the beginning of its numbers. Numbers of the kind that regulators keep free for fiction where there is one.
AT = {
    "Bergen": ("NO", "+4755510"),
    "Kraków": ("PL", "+4812555"),
    "Lyon": ("FR", "+3346571"),
    "Dublin": ("IE", "+3531020"),
}
PACKAGES = {"calling:203": 90, "calling:103": 60, "calling_more:4000": 12}
PRICES = {"calling:203": "144.00", "calling:103": "36.00", "calling_more:4000": "60.00"}


def arrange_phones(company: "Company") -> None:
    """The places get their ranges when the first of them is rolled out; who holds Phone gets an extension then and later."""
    with company.at(240):
        company.do(company.admin, "phone.change_settings", {"soft_delete": True})
        for nth, site in enumerate(sorted(places.sites(company.admin), key=lambda s: str(s["name"])), 2):
            side = {"lowest": nth * 1_000, "highest": nth * 1_000 + 999, "country": AT.get(site["name"], ("", ""))[0]}
            company.do(company.admin, "phone.set_site", {"site": str(site["id"]), **side})
        company.do(company.admin, "phone.create_template", {"name": "Service desk", "policy": {"recording": "ask", "waiting": "on"}})
    with company.at(240, -1):
        keep_up()
        company.mails_out()


def call_out(company: "Company") -> None:
    """Packages and numbers for some; one package is given up. In a company that has no phones yet there is nothing to do."""
    holders = with_phones()
    if not holders:
        return
    with company.at(14):
        company.buy(PACKAGES, PRICES)
        numbers = [f"{beginning}{n:04}" for _country, beginning in AT.values() for n in range(100, 112)]
        company.do(company.desk, "phone.add_numbers", {"numbers": numbers})
        company.do(company.desk, "phone.assign_package", {"package": "calling:203", "subjects": {"ids": holders[:70]}})
        company.do(company.desk, "phone.assign_package", {"package": "calling:103", "subjects": {"ids": holders[70:104]}})
        free = [r["number"] for r in sql.rows("SELECT number FROM phone_number ORDER BY number LIMIT 30")]
        for number, holder in zip(free, holders, strict=False):
            company.do(company.desk, "phone.assign_numbers", {"numbers": [number], "holder": holder})
    with company.at(13):
        company.do(company.desk, "phone.apply_template", {"template": "Service desk", "subjects": {"ids": holders[5:17]}})
        company.do(
            company.desk,
            "phone.add_rooms",
            {"package": "calling:203", "numbers": "next", "subjects": {"ids": meeting_rooms("Bergen", "Kraków")}},
        )
        company.do(company.admin, "phone.switch_package", {"package": "calling:103", "active": False})


def put_some_away(company: "Company") -> None:
    """Two phones lie in the trash; what they had is free."""
    if holders := with_phones():
        with company.at(5):
            company.do(company.desk, "phone.put_in_trash", {"subjects": {"ids": holders[29:31]}})


def with_phones() -> list[str]:
    """The people who have a phone, by extension."""
    return [str(r["id"]) for r in sql.rows("SELECT id FROM phone_user WHERE state = 'active' AND user_id IS NOT NULL ORDER BY extension")]


def meeting_rooms(*sites: str) -> list[str]:
    """The Zoom Rooms of places."""
    query = "SELECT r.id FROM accounts_room r JOIN accounts_site g ON g.id = r.site_id WHERE r.kind = 'ZoomRoom' AND g.name = ANY(%(s)s) ORDER BY r.id"
    return [str(r["id"]) for r in sql.rows(query, {"s": list(sites)})]
