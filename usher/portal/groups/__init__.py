"""Groups and IM groups: two places with the same pages and a right each (S0-27, S0-28, S0-62 … S0-67)."""
