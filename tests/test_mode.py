"""Which environments start, and in which mode."""

import pytest

from usher.core.mode import Unsafe, check_host, is_loopback, read_mode

SECRET = "b3f1c09d7e5a48269f0d1c2b3a495867"
HTTPS = {"USHER_BASE_URL": "https://usher.example.com", "USHER_SECRET_KEY": SECRET}


@pytest.mark.parametrize("url", ["http://localhost:8040", "http://127.0.0.1:9000", "http://[::1]:8040", "http://usher.localhost"])
def test_loopback_http_is_trial_mode_and_needs_no_secret(url: str) -> None:
    mode = read_mode({"USHER_BASE_URL": url})
    assert not mode.https
    assert mode.base_url == url


def test_without_any_setting_it_is_trial_mode() -> None:
    assert read_mode({}).base_url == "http://localhost:8040"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTPS://Usher.Example.com:443/", "https://usher.example.com"),
        ("https://usher.example.com:8443", "https://usher.example.com:8443"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_the_address_is_kept_as_browsers_write_it(given: str, kept: str) -> None:
    """SESSION-08: the Origin that comes with a form is compared with it, letter by letter."""
    assert read_mode({**HTTPS, "USHER_BASE_URL": given}).base_url == kept


def test_https_takes_exactly_its_own_host() -> None:
    mode = read_mode({**HTTPS, "USHER_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"})
    assert mode.https
    assert mode.allowed_hosts == ["usher.example.com"]
    assert mode.trusted_proxies == ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"USHER_SECRET_KEY": ""}, "USHER_SECRET_KEY is missing"),
        ({"USHER_SECRET_KEY": "short"}, "too weak"),
        ({"USHER_SECRET_KEY": "a" * 64}, "too weak"),
        ({"USHER_SECRET_KEY": "changeme" * 8}, "too weak"),
        ({"USHER_BASE_URL": "http://usher.example.com"}, "plain http"),
        ({"USHER_BASE_URL": "http://192.168.1.5:8040"}, "plain http"),
        ({"USHER_BASE_URL": "http://127.0.0.1.example.com"}, "plain http"),
        ({"USHER_BASE_URL": "http://localhost.example.com"}, "plain http"),
        ({"USHER_BASE_URL": "usher.example.com"}, "must look like"),
        ({"USHER_BASE_URL": "ftp://usher.example.com"}, "must look like"),
        ({"USHER_BASE_URL": "https://usher.example.com/admin"}, "must look like"),
        ({"USHER_BASE_URL": "https://usher.example.com?x=1"}, "must look like"),
        ({"USHER_BASE_URL": "https://usher.example.com#x"}, "must look like"),
        ({"USHER_BASE_URL": "https://user:word@usher.example.com"}, "must look like"),
        ({"USHER_BASE_URL": "https://usher.example.com:99999"}, "must look like"),
        ({"USHER_TRUSTED_PROXIES": "any"}, "USHER_TRUSTED_PROXIES"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"DJANGO_DEBUG": "true"}, "DEBUG"),
    ],
)
def test_what_is_unsafe_is_refused_with_one_line(change: dict[str, str], says: str) -> None:
    """F46, F47, SECRET-05."""
    with pytest.raises(Unsafe, match=says) as no:
        read_mode({**HTTPS, **change})
    assert "\n" not in str(no.value)
    assert SECRET not in str(no.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "usher.example.com", "8.8.8.8"])
def test_other_machines_need_https(host: str) -> None:
    """F47, SECRET-05."""
    with pytest.raises(Unsafe, match="https"):
        check_host(host, {})
    with pytest.raises(Unsafe, match="https"):
        check_host(host, {"USHER_BASE_URL": "http://localhost:8040"})
    check_host(host, HTTPS)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "::ffff:127.0.0.1"])
def test_this_machine_needs_nothing(host: str) -> None:
    assert is_loopback(host)
    check_host(host, {})
