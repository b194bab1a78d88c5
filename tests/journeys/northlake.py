"""`python -m tests.journeys.northlake ADDRESS`: Northlake with seats and this owner, who came in and is signed in; says the cookie of their session.

A story begins with an owner at work; coming in by a link is told where it is the story (test_main_job.py, test_existing_person.py).
"""

import sys

import django


def main(address: str) -> None:
    django.setup()
    from tests.people_of import LICENSED, accept_invitation, do
    from tests.signed_in import signed_in
    from usher.access.actors import operator
    from usher.core import sql
    from usher.lifecycle.open_account import open_account

    account, _ = open_account("Northlake", "business", address, first_name="Olga", last_name="Owner")
    for product, quantity in ((LICENSED, 200), ("phone", 90)):
        do(operator(account), "licenses.set_seats", {"product": product, "quantity": quantity})
    owner = sql.value("SELECT user_id FROM people_standing")
    accept_invitation(owner)
    print(signed_in(owner).session.session_key)


if __name__ == "__main__":
    main(*sys.argv[1:])
