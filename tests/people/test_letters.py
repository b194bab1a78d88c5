"""A word is looked up by the letters of it that few people have, and finds whom it would find by all of them (docs/decisions/0084)."""

from typing import Any

import pytest

from tests.people_of import Company, invite
from usher.core import sql
from usher.people import find, letters, reads
from usher.people.selection import params_of, sql_of

pytestmark = pytest.mark.django_db
SAME_LETTERS = ["ortsandjort", "sandjortors", "jortorsan", "jortor.sand", "jorto_rsand"]


@pytest.fixture(autouse=True)
def unlearnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known, and everybody is in the sample."""
    monkeypatch.setattr(letters, "SAMPLE_PAGES", 1_000_000)
    monkeypatch.setattr(letters, "_learnt", ({}, 0.0))


def emails(company: Company, q: str) -> list[str]:
    return [p["email"] for p in reads.page(company.owner, {"q": q}, sort="email").rows]


def test_the_rarest_are_taken(northlake: Company) -> None:
    """Of nine threes those that nobody else has; as many of the others as are left."""
    invite(northlake.owner, *[f"jortor{i}@crowd.test" for i in range(5)], "sandra@crowd.test")
    assert set(letters.rarest("JortorSandu")) >= {"ors", "rsa", "ndu"} and len(letters.rarest("JortorSandu")) == letters.LISTS
    assert not {"jor", "ort", "tor"} & set(letters.rarest("JortorSandu"))


@pytest.mark.parametrize("word", ["", "jo", "jortor", "aaaaaaaaaa", "....@@....", "m\u00fcllerssohn", "\uff4aortorsand"])
def test_the_others_are_looked_up_whole(word: str, django_assert_num_queries: Any) -> None:
    """Too few threes to choose from, or letters that stand in the index as others: nothing is learnt for them."""
    with django_assert_num_queries(0):
        assert letters.rarest(word) == []


def test_it_is_learnt_once_an_hour(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert letters.rarest("jortorsand") == letters.rarest("jortorsand")


def test_whoever_has_its_letters_alone_is_not_found(northlake: Company) -> None:
    """In a list and in the search of the whole portal, with or without a second word."""
    invite(northlake.owner, *[f"{name}@crowd.test" for name in SAME_LETTERS], "xjortorsandx@crowd.test")
    for q in ("jortorsand", "JORTORSAND", "ortorsandx@crowd", "crowd.test jortorsand", "jortorsandx@crowd.test"):
        assert "xjortorsandx@crowd.test" in emails(northlake, q), q
    assert emails(northlake, "jortorsand") == ["xjortorsandx@crowd.test"] == [f["email"] for f in find.find(northlake.owner, "jortorsand")]
    assert emails(northlake, "jortorsand nobody") == []


@pytest.mark.parametrize("wild", ["jor%sand%x", "jortors_nd", "jortorsan\\d", "jortorsand%"])
def test_wildcards_mean_themselves(northlake: Company, wild: str) -> None:
    """DOS-13"""
    one = invite(northlake.owner, "jortorsand@crowd.test", "other@crowd.test")[1]
    assert emails(northlake, wild) == []
    sql.execute("UPDATE people_user SET first_name = %(w)s WHERE id = %(u)s", {"w": f"a{wild}b", "u": one})
    assert emails(northlake, wild) == ["other@crowd.test"]


def test_a_set_is_whom_the_list_shows(northlake: Company) -> None:
    """What is chosen as all that match is done to those who were found, and looks the word up whole: nothing is learnt for it."""
    invite(northlake.owner, *[f"{name}@crowd.test" for name in SAME_LETTERS], "xjortorsandx@crowd.test")
    clause = sql_of({"query": {"q": "jortorsand"}})
    params = {**params_of({"query": {"q": "jortorsand"}}), "account": northlake.account}
    chosen = sql.rows(f"SELECT u.email FROM people_user u JOIN ({clause}) who ON who.id = u.id", params)
    assert [c["email"] for c in chosen] == emails(northlake, "jortorsand") == ["xjortorsandx@crowd.test"]
    assert "strpos" not in clause
