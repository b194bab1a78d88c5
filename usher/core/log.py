"""One log record is one line, whatever a name contains (AUDIT-04)."""

import logging

LONGEST = 4_000


class OneLine(logging.Formatter):
    """Escapes control characters and cuts long lines, so that no input can forge a second record."""

    default_format = "%(asctime)s %(levelname)s %(name)s %(message)s"

    def __init__(self) -> None:
        super().__init__(self.default_format)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
        return text if len(text) <= LONGEST else text[:LONGEST] + " …"
