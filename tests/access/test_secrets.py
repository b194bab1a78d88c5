"""Secrets in the code and in the time it takes: nothing compares them by ==, and a stranger learns nothing by waiting."""

import ast
import math
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, nodes
from tests.people_of import Company
from usher.access import throttle, way_in

CODE = ROOT / "usher"
NOT_SECURITY = {"sample"}  # invented people
WEAK = ("md5", "sha1", "_create_unverified_context", "CERT_NONE")
TELLING = ("token", "secret", "password", "nonce", "hash", "signature")


def code() -> Iterator[tuple[Path, ast.AST]]:
    """Every piece of every file."""
    for path in files():
        if path.relative_to(CODE).parts[0] not in NOT_SECURITY:
            yield from ((path, node) for node in nodes(path))


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def test_no_weak_randomness_no_weak_hash_no_unverified_tls() -> None:
    """SECRET-02, ASVS 1.5.2: no random module, MD5, SHA-1 or switched-off verification in the code, and nothing that runs or revives what it reads."""
    found = []
    harmless: set[int] = set()
    for path, node in code():
        imported = (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
        )
        if bad := {"random", "pickle", "marshal", "shelve", "yaml"} & set(imported):
            found.append(f"{path}:{node.lineno} {bad}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
            found.append(f"{path}:{node.lineno} {node.func.id}")
        if isinstance(node, ast.Call) and any(k.arg == "usedforsecurity" and k.value.value is False for k in node.keywords):  # type: ignore[attr-defined]
            harmless.add(id(node.func))  # an id that is made the same way twice
        if isinstance(node, ast.Attribute) and node.attr in WEAK and id(node) not in harmless:
            found.append(f"{path}:{node.lineno} {node.attr}")
        if (
            isinstance(node, ast.keyword)
            and node.arg in ("verify", "check_hostname")
            and isinstance(node.value, ast.Constant)
            and not node.value.value
        ):
            found.append(f"{path}:{node.value.lineno} {node.arg}=False")
    assert found == []


def test_no_secret_is_compared_by_equality() -> None:
    """SECRET-02: what is secret is compared in constant time. Whether something typed twice is the same is not a secret of ours."""
    found = []
    for path, node in code():
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        sides = [node.left, *node.comparators]
        if all(isinstance(s, ast.Name | ast.Attribute) for s in sides) and any(n in TELLING for s in sides for n in names_in(s)):
            found.append(f"{path.relative_to(CODE)}:{node.lineno}")
    assert found == []


def test_the_rule_finds_something() -> None:
    """SECRET-02: the check above would fail on the line it is about."""
    node = ast.parse("token == offered").body[0]
    assert isinstance(node, ast.Expr)
    assert names_in(node.value) & set(TELLING)


def told_apart(a: list[float], b: list[float]) -> bool:
    """Whether the rule of SECRET-03 fails: medians a millisecond apart and Mann-Whitney's p below 0.01 (normal approximation)."""
    if abs(statistics.median(a) - statistics.median(b)) < 0.001:
        return False
    n, m = len(a), len(b)
    u = sum((x > y) + (x == y) / 2 for x in a for y in b)
    z = abs(u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(z / math.sqrt(2)) < 0.01


def test_known_and_unknown_take_the_same_time(db: None, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECRET-03: a wrong password for somebody and for nobody, 300 times each by turns: the two cannot be told apart by the time they take."""
    monkeypatch.setattr(throttle, "refuse_beyond", lambda exceeded: None)
    monkeypatch.setattr(way_in, "_is_known", lambda canonical, ip: False)
    took: dict[str, list[float]] = {northlake.owner.email: [], f"nobody@{northlake.domain}": []}
    for _ in range(300):
        for email, times in took.items():
            began = time.perf_counter()
            assert way_in.by_password(email, "wrong", "192.0.2.77") is None
            times.append(time.perf_counter() - began)
    known, unknown = took.values()
    assert not told_apart(known, unknown)


def test_the_rule_would_tell() -> None:
    """SECRET-03: two milliseconds more on one side are noticed, noise is not."""
    noise = [0.010 + (n * 7919 % 300) / 100_000 for n in range(300)]
    assert told_apart(noise, [t + 0.002 for t in noise])
    assert not told_apart(noise, list(reversed(noise)))
