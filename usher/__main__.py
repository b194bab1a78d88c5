"""`python -m usher` is the same as the `usher` command; `usher up` starts its children by it."""

from usher.cli import main

main(prog_name="usher")
