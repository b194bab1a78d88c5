"""Whether something failed because a disk is full: one of this machine, or the database's (F12)."""

import errno

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "53100"  # PostgreSQL's


def is_full(error: BaseException | None) -> bool:
    """Whether this error, or what caused it, says that there is no room."""
    while error is not None:
        if (isinstance(error, OSError) and error.errno in FULL) or getattr(error, "sqlstate", None) == DISK_FULL:
            return True
        error = error.__cause__
    return False
