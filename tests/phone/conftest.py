from tests.companies import committed, equipped, northlake, southport
from tests.journal.conftest import company, many_connections

__all__ = ["committed", "company", "equipped", "many_connections", "northlake", "southport"]
