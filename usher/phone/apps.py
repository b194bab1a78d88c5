from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register_pair
from usher.journal import feed
from usher.journal.verify import invariant


class PhoneConfig(AppConfig):
    name = "usher.phone"

    def ready(self) -> None:
        register_pair("phone:user", _("phone users"))
        register_pair("phone:number", _("phone numbers"))
        register_pair("phone:package", _("calling packages"))
        register_pair("phone:site", _("the phone side of sites"))
        register_pair("phone:template", _("phone templates"))
        register_pair("phone:settings", _("the settings of Phone"))
        register_pair("phone:log", _("calls, recordings and voicemails"))
        from . import automatic, mails, verbs  # noqa: F401

        feed.listeners.append(feed.Listener(automatic.SWITCHED_ON, automatic.heard))
        invariant(
            "I9-seat",
            "every phone has its seat, and every active holder their phone, a minute after the last change while the clock runs",
            SEATLESS,
        )
        invariant("I9-number", "a direct number is with an active phone that has a calling plan", NUMBERED)
        invariant("I9-package", "nobody holds a calling package without Phone", UNPHONED)
        invariant(
            "I9-following", "Phone follows licenses where the account wants it so, five minutes after them while the clock runs", BEHIND
        )
        invariant("I9-extension", "no extension is in use twice in an account", TWICE)
        invariant("I9-recording", "what was recorded stands where its call does", STRAYED)
        invariant("I9-usage", "a day on which calls tell of a use has such a call", UNUSED)


# The clock came by a minute after the last change of the account.
_SETTLED = """(SELECT max(c.at) FROM journal_change c WHERE c.account_id = {account}) < (
  SELECT to_timestamp(max(defer_timestamp)) - interval '1 minute' FROM procrastinate_periodic_defers WHERE task_name = 'phone.keep_up')"""
SEATLESS = f"""SELECT h.id::text, h.extension FROM phone_user h WHERE h.state = 'active' AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id
  AND a.product = 'phone')
  AND NOT EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = h.room_id AND a.product = 'phone') AND {_SETTLED.format(account="h.account_id")}"""
NUMBERED = f"""SELECT n.number, h.id::text AS holder, h.state FROM phone_number n JOIN phone_user h ON h.id = n.holder_id
  WHERE (h.state <> 'active' OR NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id AND starts_with(a.product, 'calling:'))
    AND NOT EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = h.room_id AND starts_with(a.product, 'calling:'))) AND {_SETTLED.format(account="n.account_id")}"""
UNPHONED = f"""SELECT a.user_id::text AS holder, a.product FROM licenses_seat a WHERE starts_with(a.product, 'calling')
  AND NOT EXISTS (SELECT 1 FROM licenses_seat p WHERE p.user_id = a.user_id AND p.product = 'phone') AND {_SETTLED.format(account="a.account_id")}
  UNION ALL SELECT a.room_id::text, a.product FROM licenses_roomseat a WHERE starts_with(a.product, 'calling')
  AND NOT EXISTS (SELECT 1 FROM licenses_roomseat p WHERE p.room_id = a.room_id AND p.product = 'phone')"""
TWICE = "SELECT account_id::text, extension FROM phone_user WHERE state = 'active' GROUP BY 1, 2 HAVING count(*) > 1"
STRAYED = """SELECT r.id::text, c.id::text AS call FROM phone_recording r JOIN phone_call c ON c.id = r.call_id
  WHERE r.account_id <> c.account_id OR r.started_at <> c.started_at"""
UNUSED = """SELECT g.user_id::text, g.day::text FROM licenses_usage g WHERE g.source = 'calls' AND NOT EXISTS (SELECT 1 FROM phone_call c
  WHERE c.user_id = g.user_id AND c.started_at >= g.day::timestamp AT TIME ZONE 'UTC' AND c.started_at < (g.day + 1)::timestamp AT TIME ZONE 'UTC'
  AND (c.direction = 'outbound' OR c.result = 'answered'))"""
BEHIND = """SELECT f.change_id::text FROM phone_following f JOIN journal_change c ON c.id = f.change_id LEFT JOIN journal_run r ON r.change_id = f.change_id
  WHERE r.state IS DISTINCT FROM 'running' AND coalesce(r.ended_at, c.at) < (
    SELECT to_timestamp(max(defer_timestamp)) - interval '5 minutes' FROM procrastinate_periodic_defers WHERE task_name = 'phone.keep_up')"""
