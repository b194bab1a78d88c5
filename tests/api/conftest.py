from tests.companies import committed, northlake, southport

__all__ = ["committed", "northlake", "southport"]
