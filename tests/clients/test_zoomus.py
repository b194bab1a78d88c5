"""zoomus, a published client nobody here wrote, through its own public functions; only its two addresses are ours (issue 6)."""

from typing import Any

import pytest
import zoomus

from tests.clients.conftest import COMPANY, accept
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts a real server


@pytest.fixture(scope="module")
def client(usher: Usher, app: dict[str, Any]) -> Any:
    return zoomus.ZoomClient(
        app["client_id"],
        app["client_secret"],
        app["account_id"],
        base_uri=f"{usher.base_url}/v2",
        oauth_uri=f"{usher.base_url}/oauth/token",
    )


def test_users(client: Any) -> None:
    """S4-36, S4-37, S4-38, S4-39, S4-54: listed in pages, read, invited, changed, deactivated, activated, unlinked."""
    assert client.user.me().json()["email"] == f"owner@{COMPANY}"
    found = client.user.list(status="pending", page_size=2).json()
    rest = client.user.list(status="pending", page_size=2, next_page_token=found["next_page_token"]).json()
    assert {u["email"] for u in found["users"] + rest["users"]} == {f"p{n}@{COMPANY}" for n in range(4)} and rest["next_page_token"] == ""
    made = client.user.create(action="create", user_info={"email": f"nora@{COMPANY}", "type": 2, "first_name": "Nora", "last_name": "Neu"})
    assert made.status_code == 201
    id = made.json()["id"]
    assert client.user.get(id=id).json()["status"] == "pending"
    assert client.user.update(id=id, dept="Sales", job_title="Lead").status_code == 204
    assert client.user.get(id=id).json()["dept"] == "Sales"
    assert client.user.check_email(email=f"nora@{COMPANY}").json() == {"existed_email": True}
    assert client.user.delete(id=id).status_code == 204
    assert client.user.get(id=id).status_code == 404


def test_status_of_an_active_user(usher: Usher, client: Any) -> None:
    """S4-32, S4-38: 204 both ways."""
    id = client.user.create(action="create", user_info={"email": f"ann@{COMPANY}", "type": 1}).json()["id"]
    accept(usher, "ann@%")
    for action, status in (("deactivate", "inactive"), ("activate", "active")):
        assert client.user.update_status(id=id, action=action).status_code == 204
        assert client.user.get(id=id).json()["status"] == status


def test_groups_and_roles(client: Any) -> None:
    group = client.group.create(name="Sales").json()["id"]
    added = client.group.add_members(groupid=group, members=[{"email": f"p0@{COMPANY}"}, {"email": f"p1@{COMPANY}"}])
    assert added.status_code == 201 and len(added.json()["ids"].split(",")) == 2
    listed = client.group.list_members(groupid=group).json()
    assert listed["total_records"] == 2
    assert client.group.delete_member(groupid=group, memberid=listed["members"][0]["id"]).status_code == 204
    assert client.group.delete(id=group).status_code == 204
    assert [g["id"] for g in client.group.list().json()["groups"]] == []
    assert {r["name"] for r in client.role.list().json()["roles"]} == {"Owner", "Admin", "Member"}


def test_refusals_are_read_as_such(client: Any) -> None:
    answer = client.user.get(id="nobody@nowhere.test")
    assert answer.status_code == 404 and answer.json()["code"] == 1001
