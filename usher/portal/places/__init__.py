"""Places: the lists of rooms and sites, and their forms."""
