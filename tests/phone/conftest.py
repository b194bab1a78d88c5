from tests.companies import committed, northlake, southport
from tests.journal.conftest import company, many_connections

__all__ = ["committed", "company", "many_connections", "northlake", "southport"]
