from tests.companies import committed, equipped, northlake, southport

__all__ = ["committed", "equipped", "northlake", "southport"]
