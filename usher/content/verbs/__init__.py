"""What may be done to content. Importing this registers the verbs."""

from . import editing, hand_over, making, own, trash

__all__ = ["editing", "hand_over", "making", "own", "trash"]
