"""What `usher up` prints once it runs: where, and how the owner signs in the first time."""


def welcome(base_url: str) -> str:
    """Three lines: the address, a one-time sign-in link for the owner of the only account the operator opened, how to stop."""
    return "\n".join(["", f"  Usher runs at {base_url}", *_way_in(), "  Ctrl-C stops it.", ""])


def _way_in() -> list[str]:
    from usher.core import sql

    owners = sql.rows(
        "SELECT u.email FROM people_user u JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = u.account_id"
        " WHERE a.opened_by = 'operator' AND s.role = 'owner' AND s.status IN ('active', 'pending') LIMIT 2"
    )
    if not owners:
        return ["  There is no account yet. Open one: usher account open --name NAME --plan business --owner EMAIL"]
    if len(owners) > 1:
        return ["  A sign-in link for a person: usher sign-in-link EMAIL"]
    from usher.access.links import sign_in_link

    return [f"  Sign in as {owners[0]['email']}, once, with this link:", f"  {sign_in_link(owners[0]['email'])}"]
