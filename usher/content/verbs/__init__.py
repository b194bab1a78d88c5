"""What may be done to content. Importing this registers the verbs."""

from . import hand_over, making, titles, trash

__all__ = ["hand_over", "making", "titles", "trash"]
