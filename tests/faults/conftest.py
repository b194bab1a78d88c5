from tests.faults.whole import made_before, up

__all__ = ["made_before", "up"]
