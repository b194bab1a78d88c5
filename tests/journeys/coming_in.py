"""`python -m tests.journeys.coming_in ADDRESS…`: these people are Licensed and active, as if each had accepted an invitation; the first has a meeting.

A story of leaving begins with people who are here; forty pages of accepting would be another story.
"""

import sys

import django


def main(addresses: list[str]) -> None:
    django.setup()
    from tests.people_of import do, invite, one
    from usher.access.actors import operator
    from usher.accounts.models import Account

    chief = operator(Account.objects.values_list("id", flat=True).get())
    people = invite(chief, *addresses, license="meetings:licensed")
    do(chief, "lifecycle.activate", {"subjects": one(*people)})
    meeting = {"owner": str(people[0]), "kind": "meeting", "title": "Quarterly review", "occurs": "recurring"}
    do(chief, "content.create", {"items": [meeting]})


if __name__ == "__main__":
    main(sys.argv[1:])
