"""Places where a test may kill this process: FAILPOINTS=name=kill@n,name=sleep:seconds, read only when USHER_TEST is 1 (faults.md D)."""

import os
import signal
import time
from collections import Counter

ARMED: dict[str, str] = {}
if os.environ.get("USHER_TEST") == "1":
    ARMED = dict(pair.split("=", 1) for pair in os.environ.get("FAILPOINTS", "").split(",") if "=" in pair)
_seen: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Nothing, unless a test armed this name; then SIGKILL to self at the nth passing, or a sleep."""
    if not ARMED or name not in ARMED:
        return
    _seen[name] += 1
    action, _, at = ARMED[name].partition("@")
    if _seen[name] != int(at or 1):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
