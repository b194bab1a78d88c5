from tests.faults.whole import up

__all__ = ["up"]
