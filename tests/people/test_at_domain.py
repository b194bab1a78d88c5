"""How many stand at a domain, and who came in by it (S0-60, S0-65)."""

import pytest

from tests.people_of import Company, invite
from usher.core import sql
from usher.people.at_domain import AtDomain, at_domains

pytestmark = pytest.mark.django_db


def test_numbers(northlake: Company, southport: Company) -> None:
    """The living of this account; nobody who left, nobody of another account."""
    came, _added = invite(northlake.operator, "a@shared.test", "b@shared.test")
    invite(southport.operator, "c@shared.test")
    sql.execute("UPDATE people_user SET came_in = 'domain' WHERE id = %(u)s", {"u": came})
    told = at_domains(northlake.owner, ["shared.test", northlake.domain, "nobody.test"])
    assert told == {"shared.test": AtDomain(2, 1), northlake.domain: AtDomain(4, 0), "nobody.test": AtDomain(0, 0)}
