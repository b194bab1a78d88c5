"""`python -m tests.journeys.existing_person`: somebody with a free account of their own and recordings, and a member of another company, Southport.

What they know is PASSWORD of tests.people_of. A story of coming in with an account begins with people who have one.
"""

import django

OWN, MEMBER = "nora@lind.test", "eve@southport.test"


def main() -> None:
    django.setup()
    from tests.lifecycle.movers import on_their_own
    from tests.people_of import accept_invitation, invite
    from usher.access.actors import operator
    from usher.core import sql
    from usher.lifecycle.open_account import open_account

    on_their_own(OWN, "First talk", "Second talk", "Third talk", kind="recording")
    account, _ = open_account("Southport", "business", "olaf@southport.test", first_name="Olaf", last_name="Own", opened_by="person")
    accept_invitation(sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account}))
    accept_invitation(invite(operator(account), MEMBER)[0])


if __name__ == "__main__":
    main()
