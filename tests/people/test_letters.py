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
    monkeypatch.setattr(letters, "_learnt", letters.Sample())


def emails(company: Company, q: str) -> list[str]:
    return [p["email"] for p in reads.page(company.owner, {"q": q}, sort="email").rows]


def test_the_rarest_are_taken(northlake: Company) -> None:
    """Those that nobody else has, in one piece where they overlap by two letters; not the one between two that overlap by one."""
    invite(northlake.owner, "jortor@crowd.test", "torsan@crowd.test", "sandu@crowd.test")
    assert letters.rare_of("JorSanduk") == "%jors%duk%"
    assert letters.rare_of("jor.sanduk@big") == "%jor%duk%big%"
    for word in SAME_LETTERS[1:3]:
        pieces = letters.rare_of(word).strip("%").split("%")
        assert all(piece in word for piece in pieces) and sum(len(piece) - 2 for piece in pieces) >= letters.FEWEST_LISTS


def test_more_are_taken_where_the_rarest_fit_many(northlake: Company) -> None:
    """As long as fewer people are looked at in vain for it; where somebody has all of its letters and not the word, more lists would not help."""
    invite(northlake.owner, *[f"{name}@crowd.test" for name in ("abcdex", "abcdey", "xdefgh", "ydefgh", "xabcdefghx", "qrstuvqrstuw")])
    assert letters.rare_of("abcdefgh") == "%abcdef%" and letters.rare_of("qrstuvw") == "%qrst%uvw%"
    invite(northlake.owner, "zyxwvutsrqp.yxwvutsrqpo@crowd.test")
    letters._learnt = letters.Sample()
    assert letters.rare_of("zyxwvutsrqpo") == "%zyxwv%"


def test_a_word_of_which_only_all_letters_are_rare_is_looked_up_whole(northlake: Company) -> None:
    """Whichever of its threes is left out, somebody has all the others; only whoever has the word has them all."""
    invite(northlake.owner, *[f"{name}@crowd.test" for name in ("abcdef", "bcdef", "abcde", "abc.cdef", "abcd.def")])
    assert letters.rare_of("abcdef") == ""


@pytest.mark.parametrize("word", ["", "jo", "jorto", "aaaaaaaaaa", "....@@....", "m\u00fcllerssohn", "\uff4aortorsand"])
def test_the_others_are_looked_up_whole(word: str, django_assert_num_queries: Any) -> None:
    """Too few threes to choose from, or letters that stand in the index as others: nothing is learnt for them."""
    with django_assert_num_queries(0):
        assert letters.rare_of(word) == ""


def test_it_is_learnt_once_an_hour(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert letters.rare_of("jortorsand") == letters.rare_of("jortorsand")


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
    """What is chosen as all that match is done to those who were found, by whichever letters."""
    invite(northlake.owner, *[f"{name}@crowd.test" for name in SAME_LETTERS], "xjortorsandx@crowd.test")
    clause = sql_of({"query": {"q": "jortorsand"}})
    params = {**params_of({"query": {"q": "jortorsand"}}), "account": northlake.account}
    chosen = sql.rows(f"SELECT u.email FROM people_user u JOIN ({clause}) who ON who.id = u.id", params)
    assert [c["email"] for c in chosen] == emails(northlake, "jortorsand") == ["xjortorsandx@crowd.test"]


def test_a_frequent_word_is_asked_of_whoever_has_the_rare_one(northlake: Company, django_assert_num_queries: Any) -> None:
    """Only where a list knows the rare one: a word of two letters, or with letters that are folded, says nothing of the others."""
    invite(northlake.owner, *[f"viktor.{n}@crowd.test" for n in range(9)], "viktor.norfingra@crowd.test", "x7@crowd.test")
    assert letters.far_more_frequent(["Viktor", "norfingra"]) == {"Viktor"}
    assert letters.far_more_frequent(["viktor", "crowd"]) == letters.far_more_frequent(["viktor", "x7"]) == set()
    assert letters.far_more_frequent(["viktor", "w\u00fcst"]) == set()
    assert emails(northlake, "Viktor norfingra") == emails(northlake, "norfingra VIKTOR") == ["viktor.norfingra@crowd.test"]
    assert emails(northlake, "Viktor nobody@all") == []
