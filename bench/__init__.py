"""Measurements, seeded and reproducible: ours against a bare baseline in the same call, on a server of its own. Run `python -m bench`."""
