"""Who is an administrator, as a mass change passes over them: the owner, and whoever holds a role other than Member (R12). One place says it."""


def left_alone(owner: str, admin: str, holder: str, person: str = "s") -> str:
    """WHEN … THEN for the CASE of a part that leaves administrators alone: three reasons, the last of a custom role, which it names after a colon.

    `person` is a row of people_standing. Whoever writes asks again where the row is locked: `role = 'member'`.
    """
    return f"""WHEN {person}.role = 'owner' THEN '{owner}' WHEN {person}.role = 'admin' THEN '{admin}'
               WHEN {person}.role <> 'member' THEN '{holder}:' || coalesce((SELECT o.name FROM access_role o
                 WHERE o.account_id = %(account)s AND o.key = {person}.role), '?')"""
