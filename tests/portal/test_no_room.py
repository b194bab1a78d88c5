"""A full disk: one kind page that says what is the matter, nothing half done, and everything again once there is room (F12)."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.caller import caller
from tests.content.items import license_all
from tests.people_of import Company, breaches
from tests.signed_in import signed_in
from usher.core import sql

pytestmark = pytest.mark.django_db
FILE = b"film" * 50_000


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: what a full disk is to whoever writes one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_upload_that_does_not_fit(northlake: Company, settings: object, tmp_path: Path) -> None:
    """F12: 503 in plain words, no half file on the disk and no item; with room the same form is done."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}}  # type: ignore[attr-defined]  # fmt: skip
    license_all(northlake)
    client = signed_in(northlake.admin.user_id)

    def send() -> object:
        form = {"owner": northlake.member.email, "title": "Review", "key": "film", "file": SimpleUploadedFile("review.mp4", FILE)}
        return client.post("/content/recordings/new", form)

    with files_of_at_most(len(FILE) // 2):
        answer = send()
        assert answer.status_code == 503 and answer["Retry-After"] and "no room left" in answer.content.decode()  # type: ignore[attr-defined,index]
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [] and not sql.value("SELECT count(*) FROM content_item")
    assert send().status_code == 303  # type: ignore[attr-defined]
    assert [p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()] == [len(FILE)] and not breaches()


def test_a_database_without_room(northlake: Company) -> None:
    """F12: what PostgreSQL says of its own disk (53100) is 503 at both doors; nothing is half done, and pages still answer."""
    client, api = signed_in(northlake.owner.user_id), caller(northlake.owner)
    sql.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"
    )
    sql.execute("CREATE TRIGGER full_disk BEFORE INSERT ON journal_effect FOR EACH ROW EXECUTE FUNCTION full_disk()")
    before = sql.value("SELECT count(*) FROM journal_change")
    answer = client.post("/groups/new", {"name": "Red", "key": "k"})
    assert answer.status_code == 503 and answer["Retry-After"] and "no room left" in answer.content.decode()
    status, told = api.post("/groups", {"name": "Red"})
    assert (status, told["code"]) == (503, 503)
    assert sql.value("SELECT count(*) FROM journal_change") == before and not sql.value(
        "SELECT count(*) FROM people_group WHERE name = 'Red'"
    )
    assert client.get("/groups").status_code == 200
    sql.execute("DROP TRIGGER full_disk ON journal_effect")
    assert client.post("/groups/new", {"name": "Red", "key": "k"}).status_code == 303
