"""The sample company: believable, in order, and sound."""

from tests.people_of import breaches
from usher.core import sql
from usher.sample.company import OWNER, open_if_empty
from usher.sample.names import Crowd


def test_the_company_and_its_year(db: None) -> None:
    """About 1,200 people with a year of history by the real verbs, every seat accounted for; nothing is opened twice."""
    assert open_if_empty() == OWNER
    assert open_if_empty() is None
    told = {r["status"]: r["n"] for r in sql.rows("SELECT status, count(*)::int AS n FROM people_standing GROUP BY 1")}
    assert 1_050 < told["active"] < 1_300 and told["pending"] >= 10 and told["gone"] >= 10
    late = "SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY number) AS back FROM journal_change) c WHERE back"
    assert sql.value(late) == 0
    days = sql.value("SELECT extract(days FROM max(at) - min(at))::int FROM journal_change")
    assert 355 <= days <= 370
    tight = {r["product"]: r["bought"] - r["used"] - r["pending"] for r in sql.rows("SELECT * FROM licenses_license WHERE bought > 0")}
    assert min(tight.values()) == 0 and 0 <= tight["meetings:licensed"] < 20
    assert sql.value("SELECT sum(times) FROM journal_denial") >= 2
    assert sql.value("SELECT count(*) FROM journal_change WHERE undoes IS NOT NULL") == 1
    assert sql.value("SELECT count(*) FROM mail_message WHERE state = 'waiting'") == 0
    made = {r["kind"]: r["n"] for r in sql.rows("SELECT kind, count(*)::int AS n FROM content_standing GROUP BY 1")}
    assert sum(made.values()) > 2_500 and set(made) == {"meeting", "webinar", "recording", "whiteboard", "note"}
    assert sql.value("SELECT count(*) FROM journal_effect WHERE after ? 'owner_id' AND before ? 'owner_id' AND result = 'done'") > 5
    marks = {r["kind"]: r["n"] for r in sql.rows("SELECT kind, count(*)::int AS n FROM people_mark GROUP BY 1")}
    assert marks == {"never": 2, "service": 1}
    assert (
        sql.value(
            "SELECT count(*) FROM people_standing s JOIN access_role r ON r.key = s.role JOIN access_scope x ON x.user_id = s.user_id"
        )
        == 1
    )
    assert sql.value("SELECT count(*) FROM licenses_waiting WHERE state = 'waiting'") == 1
    assert sql.value("SELECT count(*) FROM accounts_domain") == sql.value("SELECT count(*) FROM people_defaultgroup") == 1
    assert sql.value("SELECT count(DISTINCT site_id) FROM people_user WHERE left_at IS NULL") == sql.value(
        "SELECT count(*) FROM accounts_site"
    )
    apps = sql.rows(
        "SELECT p.name, sum(c.calls) > 500 AS busy FROM access_app p JOIN access_appcalls c ON c.app_id = p.id GROUP BY p.name ORDER BY 1"
    )
    assert apps == [{"name": "HR sync", "busy": True}, {"name": "Phone book", "busy": True}]
    assert sql.value("SELECT count(*) FROM access_consent") == 5
    phones = {r["state"]: r["n"] for r in sql.rows("SELECT state, count(*)::int AS n FROM phone_user GROUP BY 1")}
    assert phones["active"] > 150 and phones["trash"] == 2
    alive = """SELECT count(*) FILTER (WHERE h.set_up_at IS NOT NULL)::int AS set_up, count(*) FILTER (WHERE h.room_id IS NOT NULL)::int AS rooms,
      count(*) FILTER (WHERE s.role = 'owner' AND h.set_up_at IS NOT NULL)::int AS owner FROM phone_user h LEFT JOIN people_standing s ON s.user_id = h.user_id"""
    (told,) = sql.rows(alive)
    assert 0.7 < told["set_up"] / phones["active"] < 0.95 and (told["rooms"], told["owner"]) == (4, 1)
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id IS NOT NULL") > 40
    lost = """SELECT count(*) FROM phone_user h, jsonb_array_elements_text(h.had->'numbers') x JOIN phone_number n ON n.number = x
      WHERE h.state = 'trash' AND n.holder_id IS NOT NULL"""
    assert sql.value(lost) == 1
    off = "SELECT count(*) FROM licenses_seat a JOIN phone_package o ON o.account_id = a.account_id AND o.product = a.product"
    assert sql.value(off) > 20
    assert sql.value("SELECT count(*) FROM phone_call WHERE started_at > now() - interval '5 days'") > 50
    assert sql.value("SELECT count(*) FROM phone_call WHERE room_id IS NOT NULL") > 5
    calls = {r["result"]: r["n"] for r in sql.rows("SELECT result, count(*)::int AS n FROM phone_call GROUP BY 1")}
    assert 500 < sum(calls.values()) < 3_000 and {"answered", "missed", "voicemail"} <= set(calls)
    assert 0 < sql.value("SELECT count(DISTINCT user_id) FROM licenses_usage") < phones["active"]
    assert sql.value("SELECT count(*) FROM phone_recording WHERE transcript <> ''") > 20
    assert not breaches()


def test_the_crowd_is_the_same_every_time() -> None:
    first, again = (Crowd("northlake.test").of("Kraków", 400) for _ in range(2))
    assert first == again and len({p.email for p in first}) == 400
    assert all(p.email.isascii() for p in first)
