"""Who can have a phone: people, and rooms (S3-1, S3-3). What the parts must know of either, as SQL, so that each part is written once (docs/decisions/0093)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from usher.core.ids import of_a_set
from usher.people.selection import order_by, sql_of
from usher.people.verbs.profile import name_of

from . import room_selection

Params = Mapping[str, Any]
NO_MAIL = "NULL::text"


@dataclass(frozen=True)
class Holders:
    """`column` names them in phone_user and in the table of their `seats`. The SQL of a part calls their row `u`, and what else `standing` joins `s`."""

    column: str
    seats: str
    table: str
    lock: tuple[str, str]  # whose row a change of their seats locks
    standing: str  # a JOIN of what knows `version` and `status` of {id}
    version: str
    status: str
    name: str
    email: str
    chosen: Callable[[Params], str]  # what follows FROM: the chosen ones of the parameters, with u and s
    order: Callable[[Params], str]
    greeting: str = ""  # a CTE, with the comma before it, after `did` (obj, version) of whoever got a phone

    @property
    def told(self) -> str:
        """Who it is, as the journal tells it."""
        return f"jsonb_build_object({self.called(self.name, self.email)})"

    def called(self, name: str, email: str) -> str:
        """The fields of that object, of a name and an address that were read before. Nobody reads a room's mail."""
        return f"'name', {name}" if self.email == NO_MAIL else f"'name', {name}, 'email', {email}"

    def phone_seats(self, id: str) -> str:
        """Phone and packages they hold, with a blank between; null for none."""
        return f"""(SELECT string_agg(a.product, ' ' ORDER BY a.product) FROM {self.seats} a WHERE a.{self.column} = {id}
          AND (a.product = 'phone' OR starts_with(a.product, 'calling')))"""

    def packages(self, id: str) -> str:
        """The calling packages they hold, as JSON."""
        return f"""(SELECT coalesce(jsonb_agg(a.product ORDER BY a.product), '[]') FROM {self.seats} a WHERE a.{self.column} = {id}
          AND starts_with(a.product, 'calling'))"""

    def has_plan(self, id: str) -> str:
        """Whether they hold a calling plan: a look at one row, as nobody can have two (seat_one_calling_plan, room_seat_one_calling_plan)."""
        return f"coalesce((SELECT true FROM {self.seats} a WHERE a.{self.column} = {id} AND starts_with(a.product, 'calling:')), false)"

    def may_have(self, id: str) -> str:
        """Whether they are active and hold Phone."""
        joined = self.standing.format(id=f"a.{self.column}")
        return f"coalesce((SELECT true FROM {self.seats} a {joined} WHERE a.{self.column} = {id} AND a.product = 'phone' AND {self.status} = 'active'), false)"

    def take(self, name: str) -> str:
        """A CTE that gives them the seats that `did` (obj, takes) names."""
        return f"""{name} AS (INSERT INTO {self.seats} (id, account_id, {self.column}, product, since)
  SELECT {of_a_set("row_number() OVER ()")}, %(account)s, did.obj, product, %(now)s FROM did, unnest(string_to_array(did.takes, ' ')) product)"""


PEOPLE = Holders(
    column="user_id",
    seats="licenses_seat",
    table="people_user",
    lock=("people_standing", "user_id"),
    standing="JOIN people_standing s ON s.user_id = {id}",
    version="s.version",
    status="s.status",
    name=name_of("u"),
    email="u.email",
    chosen=lambda params: (
        f"({sql_of(params['subjects'])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id"
    ),
    order=lambda params: order_by(params["subjects"]),
    greeting=f""",
mails AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT {of_a_set("row_number() OVER ()")}, %(account)s, 'phone', u.id, u.email, '{{}}', %(now)s, %(now)s FROM did JOIN people_user u ON u.id = did.obj
  WHERE did.version = 1 AND coalesce((SELECT o.welcome_mail FROM phone_settings o WHERE o.account_id = %(account)s), true))""",
)
# A room is there or it is not: it is always active, and nobody reads its mail.
ROOMS = Holders(
    column="room_id",
    seats="licenses_roomseat",
    table="accounts_room",
    lock=("accounts_room", "id"),
    standing="JOIN accounts_room u ON u.id = {id}",
    version="u.version",
    status="'active'",
    name="u.name",
    email=NO_MAIL,
    chosen=lambda params: f"({room_selection.sql_of(params['subjects'])}) who JOIN accounts_room u ON u.id = who.id",
    order=lambda params: "ORDER BY u.name_key, u.id",
)
