"""A part of a file, as whoever goes on with a download that broke off asks for one (RFC 9110, 14.2)."""

import re
from collections.abc import Iterator

from django.core.files.base import File

BYTES = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
BLOCK = 64 * 1024


def asked(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the part a Range header asks for, of a file of so many bytes. None where the whole file answers: without one, for several parts,
    and for what is no range of bytes. ValueError for a part the file does not have.
    """
    found = BYTES.fullmatch(header.replace(" ", "").lower())
    if found is None or (found[1] and found[2] and int(found[2]) < int(found[1])):
        return None
    first = int(found[1]) if found[1] else max(0, size - int(found[3]))
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if first > last:
        raise ValueError(header)
    return first, last


def part(file: File, first: int, last: int) -> Iterator[bytes]:
    """The bytes of a file from the first to the last, block by block."""
    file.seek(first)
    left = last - first + 1
    while left and (block := file.read(min(BLOCK, left))):
        left -= len(block)
        yield block
