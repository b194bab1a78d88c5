"""The key of the installation is changed: what the older one made goes on while it is listed, and what can move moves (F46)."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.connections.hooks import app_of, made
from tests.content.items import item, make
from tests.people_of import Company, do, one
from tests.portal.factors_of import code_of, is_in, login_of, set_up_app, sign_in
from tests.signed_in import signed_in
from usher.access import links
from usher.access.tasks import sweep
from usher.accounts import stored_verbs
from usher.accounts import tasks as account_tasks
from usher.connections.webhooks import signing, subscriptions
from usher.connections.webhooks import tasks as webhook_tasks
from usher.content import passcodes, reads
from usher.content import tasks as content_tasks
from usher.core import sealed, sql
from usher.core.mode import Unsafe, read_mode
from usher.core.refusals import Refused
from usher.journal import undo
from usher.people import stored_settings
from usher.people import tasks as people_tasks
from usher.portal.effects import changes_of

OLD, NEW = "an old key of this installation 0123456789", "a new key of this installation 9876543210"


@pytest.fixture
def under(db: None) -> Iterator[Callable[..., None]]:
    """`under(NEW, OLD)`: the service restarted with a present key and older ones."""
    restarted = []

    def restart(present: str, *older: str) -> None:
        restarted.append(override_settings(SECRET_KEY=present, SECRET_KEY_FALLBACKS=list(older)))
        restarted[-1].enable()

    restart(OLD)
    yield restart
    for settings_before in restarted[::-1]:
        settings_before.disable()


def test_a_session_goes_on_while_its_key_is_listed(under: Callable[..., None], northlake: Company) -> None:
    """F46: nobody is signed out by a new key, and everybody by leaving the old one out."""
    client = signed_in(northlake.member.user_id)
    under(NEW, OLD)
    assert is_in(client)
    under(NEW)
    assert not is_in(client)


def test_a_link_in_a_mail_goes_on_while_its_key_is_listed(under: Callable[..., None], northlake: Company, client: Client) -> None:
    """F46: it opens, shown again it is the same link; without its key it is no link, and shown anew it is another."""
    before = links.invitation_urls([northlake.pending])[northlake.pending]
    under(NEW, OLD)
    assert client.get(urlsplit(before).path).status_code == 200
    assert links.invitation_urls([northlake.pending])[northlake.pending] == before
    under(NEW)
    assert client.get(urlsplit(before).path).status_code == 400
    after = links.invitation_urls([northlake.pending])[northlake.pending]
    assert after != before and client.get(urlsplit(after).path).status_code == 200


def second_step(company: Company, code: str) -> bool:
    """Sign in with the password, then this code."""
    client = Client()
    sign_in(client, company.member.email)
    client.post("/sign-in/factor", {"code": code})
    return is_in(client)


def test_an_app_moves_to_the_new_key(under: Callable[..., None], northlake: Company) -> None:
    """F46: the app works under either, the hourly sweep seals its secret anew, and then the old key is not needed."""
    secret, codes = set_up_app(signed_in(northlake.member.user_id))
    under(NEW, OLD)
    assert second_step(northlake, code_of(secret))
    assert second_step(northlake, codes[0]) and not second_step(northlake, codes[0])
    assert not now_under_the_present_key(northlake.member.user_id)
    sweep(0)
    assert now_under_the_present_key(northlake.member.user_id)
    under(NEW)
    assert second_step(northlake, code_of(secret, 1))
    assert not second_step(northlake, codes[1]), "the hash of a code cannot be made again without the code"


def now_under_the_present_key(user: UUID | None) -> bool:
    login = login_of(user)
    kept = sql.value("SELECT data->>'secret' FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'totp'", {"l": login})
    return sealed.is_present(kept, "totp", login)


def test_a_lost_key_is_a_wrong_code_and_never_a_fault(under: Callable[..., None], northlake: Company) -> None:
    """F46: with another key nothing sealed opens; the sign-in says that the code is wrong and the log why."""
    secret, _ = set_up_app(signed_in(northlake.member.user_id))
    under(NEW)
    sweep(0)
    assert not second_step(northlake, code_of(secret))


def test_settings_move_to_the_new_key(under: Callable[..., None], northlake: Company) -> None:
    """F46: secrets among settings of the account and of people are told under either key, and after the sweep without the old one; lost, they are left out."""
    member, told = northlake.member.user_id, {"tsp": {"passcode": "otter seven", "code": "1"}}
    assert member
    do(northlake.owner, "people.store_settings", {"subjects": one(member), "part": "settings", "settings": told})
    do(northlake.owner, "accounts.store_settings", {"part": "settings", "settings": told})

    def read() -> list[dict[str, object]]:
        return [stored_settings.of_user(northlake.owner, member, "settings"), stored_verbs.stored_settings(northlake.owner, "settings")]

    under(NEW)
    assert read() == [{"tsp": {"code": "1"}}] * 2
    under(NEW, OLD)
    assert read() == [told] * 2
    account_tasks.seal_settings(0)
    people_tasks.seal_settings(0)
    under(NEW)
    assert read() == [told] * 2


def test_passcodes_move_to_the_new_key(under: Callable[..., None], northlake: Company) -> None:
    """F46: of a meeting, read under either key, and after the sweep without the old one; lost, it is told empty."""
    (id,) = make(northlake, item(northlake.member.user_id, "meeting", details={"password": "otter7"}))

    def read() -> str:
        return passcodes.opened(northlake.owner, reads.item(northlake.owner, id))

    under(NEW)
    assert read() == ""
    under(NEW, OLD)
    assert read() == "otter7"
    content_tasks.seal_passcodes(0)
    under(NEW)
    assert read() == "otter7"


def test_changes_of_before_are_undone_under_the_new_key(under: Callable[..., None], northlake: Company) -> None:
    """F46, AUDIT-01: that its passcode was sealed anew is no change of a meeting; and what another change made of it still is one."""
    (id,) = make(northlake, item(northlake.member.user_id, "meeting", details={"password": "otter7"}))
    (other,) = make(northlake, item(northlake.member.user_id, "meeting", details={"password": "otter7"}))

    def changed(which: UUID, **details: str) -> int:
        number = do(northlake.owner, "content.change", {"items": one(which), "wanted": {"details": details}}).number
        assert number
        return number

    def read() -> tuple[str, str | None]:
        found = reads.item(northlake.owner, id)
        return passcodes.opened(northlake.owner, found), found["details"].get("agenda")

    agenda, passcode, elsewhere = changed(id, agenda="Boats"), changed(id, password="heron8"), changed(other, agenda="Boats")
    under(NEW, OLD)
    content_tasks.seal_passcodes(0)
    content_tasks.seal_passcodes(0)
    changed(other, password="heron8")
    with pytest.raises(Refused, match="changed meanwhile"):
        undo.start_undo(northlake.owner, elsewhere)
    with pytest.raises(Refused, match="changed meanwhile"):
        undo.start_undo(northlake.owner, agenda)
    undo.start_undo(northlake.owner, passcode)
    assert read() == ("otter7", "Boats")
    content_tasks.seal_passcodes(0)
    taken_back = undo.start_undo(northlake.owner, agenda).change_id
    under(NEW)
    assert read() == ("otter7", None)
    told = sql.row("SELECT before, after FROM journal_effect WHERE change_id = %(c)s", {"c": taken_back})
    assert told and changes_of(told["before"], told["after"])[0]["old"] == "agenda: Boats"


def test_webhooks_move_to_the_new_key(under: Callable[..., None], northlake: Company) -> None:
    """F46: what messages are signed with, also the secret before, and the secret half of a header are read under either key, and an hour later without the old one."""
    app = app_of(northlake.owner)
    hook = made(northlake.owner, app, auth={"type": 1, "username": "payroll", "password": "otter seven"}).id
    subscriptions.renew(northlake.owner, app, "renewed")

    def read() -> tuple[list[str], dict[str, object]]:
        kept = sql.rows("SELECT auth, sealed FROM webhooks_subscription WHERE id = %(i)s", {"i": hook})[0]
        return signing.secrets_of(app), signing.auth_of(hook, kept["auth"], kept["sealed"])

    before = read()
    assert len(set(before[0])) == 2 and before[1]["password"] == "otter seven"
    under(NEW, OLD)
    assert read() == before
    webhook_tasks.seal_secrets(0)
    under(NEW)
    assert read() == before


def test_a_value_moved_to_somebody_else_opens_under_no_key(under: Callable[..., None]) -> None:
    kept = sealed.seal("s3cret", "test", 1)
    under(NEW, OLD)
    assert sealed.unseal(kept, "test", 1) == "s3cret"
    for purpose, owner in (("test", 2), ("other", 1)):
        with pytest.raises(sealed.Unreadable):
            sealed.unseal(kept, purpose, owner)


def test_what_the_environment_says() -> None:
    """F46, SECRET-05: as many older keys as are listed; a weak one, or the present one among them, does not start."""
    keys = {"USHER_BASE_URL": "https://usher.example.com", "USHER_SECRET_KEY": NEW}
    assert read_mode(keys).older_keys == []
    assert read_mode({**keys, "USHER_SECRET_KEY_FALLBACKS": f"{OLD}, {OLD[::-1]},"}).older_keys == [OLD, OLD[::-1]]
    with pytest.raises(Unsafe, match="USHER_SECRET_KEY_FALLBACKS is too weak"):
        read_mode({**keys, "USHER_SECRET_KEY_FALLBACKS": "short"})
    with pytest.raises(Unsafe, match="among USHER_SECRET_KEY_FALLBACKS"):
        read_mode({**keys, "USHER_SECRET_KEY_FALLBACKS": NEW})
    assert settings.SECRET_KEY_FALLBACKS == []
