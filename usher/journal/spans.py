"""Changes between two moments, found by the index of their numbers (docs/decisions/0030): clauses over journal_change c, with f_from and f_to."""

# A number is drawn a moment before or after the time is read: an hour of slack, and the time itself decides.
NUMBER_AT = "(SELECT x.number FROM journal_change x WHERE x.account_id = %(account)s AND x.at {sign} %(f_{key})s::timestamptz {slack} ORDER BY x.at {way}, x.number {way} LIMIT 1)"
FIRST = NUMBER_AT.format(sign=">=", key="from", slack="- interval '1 hour'", way="ASC")
LAST = NUMBER_AT.format(sign="<", key="to", slack="+ interval '1 hour'", way="DESC")
SINCE = f"c.number >= {FIRST} AND c.at >= %(f_from)s"
UNTIL = f"c.number <= {LAST} AND c.at < %(f_to)s"
