"""Everybody at once: the Advanced tab of User Management."""
