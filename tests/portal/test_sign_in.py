"""Sign in, sign out, sessions: the ways in and how they end."""

from tests.people_of import PASSWORD, Company
from tests.signed_in import signed_in


def test_it_works(db: None, client, northlake: Company) -> None:
    """S0-6, S1-8: use starts with signing in to the portal."""
    page = client.get("/sign-in")
    assert page.status_code == 200
    answer = client.post("/sign-in", {"email": northlake.owner.email.upper(), "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get("/").status_code == 200
    assert signed_in(northlake.member.user_id).get("/me/security").status_code == 200
