"""The wheel: everything is in it, and Usher runs from it where neither the sources nor Node are."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.faults.whole import Up
from tests.harness import get

pytestmark = pytest.mark.fault
SOURCES = (
    ".gitignore",
    "usher",
    "docs/guide",
    "pyproject.toml",
    "hatch_build.py",
    "package.json",
    "package-lock.json",
    "README.md",
    "LICENSE",
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a wheel of these sources is unpacked in. It is built from a copy, because building writes beside them."""
    sources, made = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("made")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (sources / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, sources / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", made, sources], check=True)
    (wheel,) = made.glob("usher-*.whl")
    zipfile.ZipFile(wheel).extractall(made / "site")
    return made / "site"


def test_it_has_what_the_sources_do_not_have(unpacked: Path) -> None:
    """The assets with their licenses, the compiled texts, and the guide in both languages; no cache and no test."""
    for name in ("htmx.min.js", "tabler.min.css.gz", "uplot.min.js", "icons.svg", "htmx.LICENSE.txt"):
        assert (unpacked / "usher/portal/static/vendor" / name).is_file(), name
    assert (unpacked / "usher/locale/de/LC_MESSAGES/django.mo").is_file()
    for name in ("users.md", "de/users.md", "pictures/users-light.png"):
        assert (unpacked / "usher/portal/guide" / name).is_file(), name
    assert not list(unpacked.rglob("__pycache__")) and not (unpacked / "tests").exists()
    assert (unpacked / "usher-0.1.0.dist-info/entry_points.txt").read_text() == "[console_scripts]\nusher = usher.cli:main\n"


@pytest.mark.usefixtures("made_before")
def test_usher_up_runs_from_it(up: Up, unpacked: Path) -> None:
    """No node on the path, and nothing of the sources is imported."""
    up.env |= {"PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1", "PATH": "/usr/bin:/bin"}
    where = [sys.executable, "-c", "import usher; print(usher.__file__)"]
    told = subprocess.run(where, env=up.env, cwd=up.data, capture_output=True, text=True, check=True).stdout
    assert Path(told.strip()).is_relative_to(unpacked)
    up.start()
    assert up.ready(), up.said()
    status, headers, _body = get(f"{up.base_url}/static/vendor/htmx.min.js")
    assert status == 200 and "javascript" in headers["content-type"]
    assert 'href="/static/vendor/tabler.min.css' in get(f"{up.base_url}/sign-in")[2]
