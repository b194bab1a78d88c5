"""A worker that is killed while it sends: nothing is lost, and one mail at most comes twice."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.harness import Usher, wait_until
from tests.mail.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.mark.fault
def test_killed_after_the_third(running_usher: Callable[..., Usher], mailbox: Mailbox) -> None:
    """F16, F01: kill -9 between sending and recording; after the lease another worker sends the rest, and the one in flight a second time."""
    usher = running_usher(web=0, workers=0, USHER_SMTP_URL=f"smtp://localhost:{mailbox.port}", FAILPOINTS="mail.sent=kill@3")
    usher.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", "olga@northlake.test", check=True)
    usher.run("people", "add", *[f"p{n}@northlake.test" for n in range(9)], check=True)
    usher.sql("UPDATE mail_message SET next_try = now() WHERE state = 'waiting'")
    killed = usher.start_worker()
    wait_until(lambda: killed.poll() is not None, what="the kill")
    assert len(mailbox.received) == 3
    states = Counter(state for (state,) in usher.sql("SELECT state FROM mail_message"))
    assert states == {"sent": 2, "waiting": 8}
    del usher.env["FAILPOINTS"]
    usher.sql("UPDATE mail_message SET next_try = now() WHERE state = 'waiting'")  # the lease is over
    usher.start_worker()
    wait_until(lambda: not usher.sql("SELECT 1 FROM mail_message WHERE state <> 'sent'"), what="every mail")
    by_recipient = Counter(r.recipients[0] for r in mailbox.received)
    assert set(by_recipient) == {"olga@northlake.test", *(f"p{n}@northlake.test" for n in range(9))}
    assert sum(by_recipient.values()) == 11
    (twice,) = [to for to, n in by_recipient.items() if n == 2]
    ids = {r.mail["Message-ID"] for r in mailbox.received if r.recipients == [twice]}
    assert len(ids) == 1  # so that the receiver can tell
