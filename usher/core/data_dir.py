"""The data directory of one installation: where it is, its secret key, its address and its locks. No Django here."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .mode import DEFAULT_BASE_URL


class NoServer(Exception):
    """There is no database to talk to; the message is one line for the operator and says what to do next."""


@dataclass(frozen=True)
class DataDir:
    """One directory. Files: secret-key, address (of the running portal), supervisor and in-use (locks), and what the database needs."""

    path: Path

    @classmethod
    def chosen(cls, option: str | None, env: Mapping[str, str]) -> "DataDir":
        """--data, else USHER_DATA, else /var/lib/usher for root and ~/.local/share/usher for everybody else."""
        if named := option or env.get("USHER_DATA"):
            return cls(Path(named).expanduser().absolute())
        if os.geteuid() == 0:
            return cls(Path("/var/lib/usher"))
        return cls(Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "usher")

    def make(self) -> None:
        """Create it. Root leaves it passable, because the database runs as another user; everybody else keeps it closed."""
        if self.path.is_dir():
            return
        try:
            self.path.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise NoServer(f"The data directory {self.path} cannot be made: {error.strerror}. Choose another with --data DIR.") from error

    def secret_key(self) -> str:
        """The key of this installation, made once. Only trial mode reads it; https needs USHER_SECRET_KEY (SECRET-05, F46)."""
        self.make()
        kept = self.path / "secret-key"
        if not kept.exists():
            draft = self.path / f"secret-key.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            _keep_first(draft, kept)
        return kept.read_text().strip()

    def remember_address(self, base_url: str) -> None:
        """Note where the portal answers, so that links made by commands beside it lead there."""
        draft = self.path / "address.new"
        draft.write_text(base_url + "\n")
        draft.replace(self.path / "address")

    def address(self) -> str:
        """Where the portal answers, or answered last."""
        try:
            return (self.path / "address").read_text().strip() or DEFAULT_BASE_URL
        except OSError:
            return DEFAULT_BASE_URL

    @contextmanager
    def alone(self, name: str) -> Iterator[IO[str] | None]:
        """Hold the lock `name`, or None when another process holds it. The lock ends with the process, however it ends."""
        with self._open(name) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield file

    @contextmanager
    def in_turn(self, name: str) -> Iterator[None]:
        """Hold the lock `name`, waiting for it."""
        with self._open(name) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def together(self, name: str) -> Iterator[IO[str]]:
        """Share the lock `name` with others, waiting for somebody who holds it alone."""
        with self._open(name) as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield file

    def _open(self, name: str) -> IO[str]:
        try:
            return os.fdopen(os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise NoServer(
                f"{self.path / name} cannot be opened: {error.strerror}. Run the command as the owner of {self.path}."
            ) from error


def last_of(file: IO[str]) -> bool:
    """True when nobody else shares the lock of `together` any more; the lock is then held alone."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _keep_first(draft: Path, kept: Path) -> None:
    """Two processes may make the key at once: the first link wins and both read the same file."""
    try:
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
