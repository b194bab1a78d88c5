"""usher.core.address: one canonical form per person, and no look-alike of it."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.core.address import LONGEST, NotAnAddress, looked_up, parse, split_list

# Code points, in hexadecimal, that some usual folding turns into ASCII.
LOOK_ALIKES = [chr(int(line, 16)) for line in (Path(__file__).parent.parent / "data" / "ascii_look_alikes.txt").read_text().split()]


def folded(text: str) -> set[str]:
    """What systems usually make of an address when they compare it."""
    stripped = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return {
        text.lower(),
        text.casefold(),
        text.upper().lower(),
        unicodedata.normalize("NFKC", text).casefold(),
        stripped.lower(),
        stripped.casefold(),
    }


def test_the_list_of_look_alikes_is_whole() -> None:
    assert len(LOOK_ALIKES) == len(set(LOOK_ALIKES)) == 1_714


@pytest.mark.parametrize("form", ["{}", "m{}ke", "{}ann", "ann{}", "ann.{}"])
def test_no_look_alike_becomes_an_ascii_person(form: str) -> None:
    """MAIL-01, MAIL-02: each of 1,714 code points in the local part is refused, or stays itself under every folding."""
    for c in LOOK_ALIKES:
        text = form.format(c) + "@example.com"
        try:
            canonical = parse(text).canonical
        except NotAnAddress:
            continue
        assert not any(f.isascii() for f in folded(canonical)), f"U+{ord(c):04X} {text} -> {canonical}"


@pytest.mark.parametrize("c", "\u0130\u0131\u212a\u017f\u00df\u1e9e\ufb01\uff41\u2460")
def test_the_famous_ones_are_refused(c: str) -> None:
    """MAIL-01, MAIL-02: the letters of the known attacks."""
    with pytest.raises(NotAnAddress) as no:
        parse(f"m{c}ke@example.com")
    assert f"U+{ord(c):04X}" in no.value.words


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Ann.Lee+news@Example.COM", "ann.lee+news@example.com"),
        ("  ann@example.com\t", "ann@example.com"),
        ("\u00a0ann@example.com\r\n", "ann@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("анна@example.com", "анна@example.com"),
        ("АННА@example.com", "анна@example.com"),
    ],
)
def test_one_canonical_form(text: str, canonical: str) -> None:
    """MAIL-04, S1-12: white space around it goes once, case goes, a domain is stored once as IDNA in both of its spellings."""
    assert parse(text).canonical == canonical


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" ANN@Bücher.example ", "ann@xn--bcher-kva.example"),
        ("ann@example.com\x00", "ann@example.com"),
        ("Nobody\x00", "nobody"),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_what_is_looked_up(typed: str, found: str) -> None:
    """MAIL-04, P10: in any spelling; what is no address finds nobody, and the database can be asked for it."""
    assert looked_up(typed) == found


def test_accents_of_a_domain_count() -> None:
    """MAIL-04: é is not e."""
    assert parse("ann@café.example").canonical != parse("ann@cafe.example").canonical


def test_a_cyrillic_domain_is_another_domain() -> None:
    """MAIL-05: with a Cyrillic е it is stored as xn--, never as the Latin one."""
    assert parse("ann@еxample.com").canonical.startswith("ann@xn--")


@pytest.mark.parametrize(
    "text",
    ["user@managed.tld@evil", "user@managed.tld.", "user@.managed.tld", "user@managed..tld", "user@", "@managed.tld", "user", "user@tld"],
)
def test_half_an_address_or_two_of_them(text: str) -> None:
    """MAIL-06: two @, a trailing dot and empty labels are refused."""
    with pytest.raises(NotAnAddress):
        parse(text)


def test_subdomain_and_suffix_are_other_domains() -> None:
    """MAIL-06"""
    assert len({parse(t).canonical for t in ("u@managed.tld", "u@sub.managed.tld", "u@managed.tld.evil", "u@MANAGED.tld")}) == 3


HIDDEN = ["\u200b", "\u00ad", "\u202e", "\u2066", "\x00", "\x07", "\x1b", "\ufeff", "\u2028", "\ud800", "\u3000", "\ue000"]


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("form", ["an{}n@example.com", "{}ann@example.com", "ann@exa{}mple.com", "ann@example.com{}"])
def test_nothing_hidden_gets_in(form: str, hidden: str) -> None:
    """MAIL-08: zero-width, soft hyphen, right-to-left, NUL, lone surrogates, private use."""
    with pytest.raises(NotAnAddress) as no:
        parse(form.format(hidden))
    assert hidden not in no.value.words


@pytest.mark.parametrize(
    "text",
    [
        '"quoted local"@example.com',
        "ann@[127.0.0.1]",
        "ann@127.0.0.1",
        "ann\nBcc: eve@example.com",
        "ann@example.com\nBcc: eve@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 250 + ".com",
        "a@" + "b" * 64 + ".com",
        "ann(comment)@example.com",
        "ann <ann@example.com>",
        ".ann@example.com",
        "ann.@example.com",
        "a..n@example.com",
        "ann@exa_mple.com",
        "ann@-example.com",
        "",
        " ",
    ],
)
def test_what_is_no_address_for_us(text: str) -> None:
    """MAIL-08, S0-29: quoted local parts, address literals, line breaks, 65 and 255 characters."""
    with pytest.raises(NotAnAddress) as no:
        parse(text)
    assert no.value.words.endswith(".") and no.value.code


def test_the_longest_address() -> None:
    domain = "@" + "b" * 55 + ".example"
    fits = "a" * (LONGEST - len(domain)) + domain
    assert parse(fits).canonical == fits
    with pytest.raises(NotAnAddress):
        parse("a" + fits)


def test_mixed_alphabets_are_refused() -> None:
    """MAIL-10: a Cyrillic а among Latin letters."""
    with pytest.raises(NotAnAddress) as no:
        parse("аdmin@example.com")
    assert no.value.code == "mixed_script"


@given(st.text(max_size=140))
def test_any_text_is_an_address_or_is_none(text: str) -> None:
    """DOS, MAIL-08: nothing else ever comes out, and a canonical form is its own canonical form."""
    try:
        found = parse(text)
    except NotAnAddress:
        return
    assert parse(found.canonical).canonical == found.canonical
    assert found.canonical.isprintable() and found.shown.isprintable()


@given(st.emails())
def test_plain_addresses_fold_by_case_only(text: str) -> None:
    try:
        found = parse(text)
    except NotAnAddress:
        return
    assert parse(text.upper()).canonical == parse(text.lower()).canonical == found.canonical


def test_a_list_of_addresses() -> None:
    """MAIL-09, S0-30, S1-11: comma, semicolon, white space and line break separate; empty ones are dropped; order is kept."""
    assert split_list("a@x.test, b@y.test; c@z.test\n\n d@w.test ,,;") == ["a@x.test", "b@y.test", "c@z.test", "d@w.test"]
    assert split_list(" \u00a0,;\n") == []
