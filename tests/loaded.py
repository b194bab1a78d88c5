"""A process in which the product is loaded, and which forks: each thing that is asked of it is done by a process of its own that has to load nothing.

`python -m tests.loaded` reads a line of JSON for each: module, arguments, failpoints, seconds; and answers by a line: exit code, stdout, stderr.
Of what `python -m module arguments` does only the start is missing, which tests/cli shows. Who is killed at a failpoint is killed by a real signal.
"""

import gc
import importlib
import io
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parent.parent


class Loaded:
    """Such a process, as its caller sees it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.loaded"],
            env=self.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, module: str, arguments: tuple[str, ...], *, failpoints: str, seconds: float) -> "subprocess.CompletedProcess[str]":
        """What it did, when it has ended. Raises TimeoutExpired."""
        assert self.process.stdin and self.process.stdout
        asked = {"module": module, "arguments": arguments, "failpoints": failpoints, "seconds": int(seconds) + 1}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        code, out, err = json.loads(self.process.stdout.readline())
        command = [module, *arguments]
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(command, seconds, out, err)
        return subprocess.CompletedProcess(command, code, out, err)

    def end(self) -> None:
        """It ends when nobody can ask any more."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def main() -> None:
    from usher.cli.door import enter
    from usher.core.data_dir import DataDir

    enter(DataDir.chosen(None, os.environ), os.environ["DATABASE_URL"])
    gc.collect()
    gc.freeze()  # pages that a fork need not copy
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            if not (child := os.fork()):
                become(json.loads(line), out, err)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print(json.dumps([code, said(out), said(err)]), flush=True)


def said(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def become(asked: dict[str, Any], out: IO[str], err: IO[str]) -> NoReturn:
    """In the new process: `python -m module arguments`, to its end."""
    from usher.core import failpoints

    os.environ["FAILPOINTS"] = asked["failpoints"]
    importlib.reload(failpoints)
    sys.stdin = io.TextIOWrapper(io.BytesIO())  # what was read ahead is for others
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    signal.alarm(asked["seconds"])
    sys.argv = [asked["module"], *asked["arguments"]]
    try:
        runpy.run_module(asked["module"], run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
