"""content.upload: a recording and its file."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from tests.content.items import license_all
from tests.people_of import Company, do, outcome
from usher.access.actors import system
from usher.content import reads, uploading
from usher.content.uploading import clean_name, upload
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "content.upload"


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Iterator[Path]:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}}  # type: ignore[attr-defined]  # fmt: skip
    yield tmp_path


def send(actor: Actor, owner: object, *, key: str = "", data: bytes = b"film", title: str = "Review") -> engine.Started:
    return upload(actor, io.BytesIO(data), "review.mp4", len(data), {"owner": str(owner), "title": title}, key or uuid4().hex)


def kept(folder: Path) -> list[bytes]:
    return [p.read_bytes() for p in folder.rglob("*") if p.is_file()]


def test_it_works(northlake: Company, files: Path) -> None:
    """S4-15, F20: the file lies in the storage once, however often the same key comes."""
    license_all(northlake)
    member = northlake.member.user_id
    first = send(northlake.admin, member, key="film")
    again = send(northlake.admin, member, key="film")
    assert (again.number, again.repeat) == (first.number, True)
    (made,) = reads.newest_of(northlake.admin, member, 5)  # type: ignore[arg-type]
    found = reads.item(northlake.admin, made["id"])
    assert (found["title"], found["filename"], found["size"], kept(files)) == ("Review", "review.mp4", 4, [b"film"])
    assert default_storage.open(found["file"]).read() == b"film"
    assert sql.value("SELECT count(*) FROM content_loosefile") == 0


def test_without_the_privilege(northlake: Company, files: Path) -> None:
    """Nothing is stored for who may not."""
    with pytest.raises(Refused) as no:
        send(northlake.member, northlake.member.user_id)
    assert (no.value.kind, kept(files)) == ("forbidden", [])


def test_another_account_s_people_get_nothing(northlake: Company, southport: Company, files: Path) -> None:
    """TENANT-03: the file that came is loose and goes with the clock."""
    with pytest.raises(Refused) as no:
        send(northlake.admin, southport.member.user_id)
    assert no.value.code == "heir_gone"
    assert uploading.remove_loose_files() == 0
    sql.execute("UPDATE content_loosefile SET since = since - interval '25 hours'")
    assert (uploading.remove_loose_files(), kept(files)) == (1, [])


def test_wrong_parameters(northlake: Company, settings: object) -> None:
    """DOS-09: an empty file and one beyond the limit are refused before anything is kept."""
    settings.UPLOAD_MAX = 3  # type: ignore[attr-defined]
    for data in (b"", b"film"):
        with pytest.raises(Refused) as no:
            send(northlake.admin, northlake.member.user_id, data=data)
        assert (no.value.kind, no.value.field) == ("invalid", "file")
    with pytest.raises(Refused) as no:
        send(northlake.admin, northlake.member.user_id, data=b"abc", title="")
    assert no.value.field == "title"


def test_a_purged_recording_leaves_no_file(northlake: Company, files: Path) -> None:
    license_all(northlake)
    send(northlake.admin, northlake.member.user_id)
    do(northlake.admin, "content.delete", {"items": {"query": {}, "except": []}})
    until = (clock.now() + timedelta(minutes=1)).isoformat()
    started = engine.start(plan(system(northlake.account), "content.purge", {"until": until}), "purge")
    assert outcome(northlake.owner, started).done == 1
    assert len(kept(files)) == 1
    sql.execute("UPDATE content_loosefile SET since = since - interval '25 hours'")
    uploading.remove_loose_files()
    assert kept(files) == []


@pytest.mark.parametrize(
    ("sent", "kept_as"),
    [
        ("review.mp4", "review.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.mp4", "a.mp4"),
        ('x"; rm.mp4\r\nSet-Cookie: a=b', "x_; rm.mp4Set-Cookie_ a=b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "recording"),
        ("", "recording"),
        ("a" * 400 + ".mp4", "a" * 196 + ".mp4"),
    ],
)
def test_names_of_files_are_harmless(sent: str, kept_as: str) -> None:
    """WEB-08"""
    assert clean_name(sent) == kept_as
