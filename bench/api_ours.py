"""Usher's own web application with limits that are counted and never reached, for granian."""

from usher.config import wsgi

application = wsgi.application  # Django is set up from here on

from usher.api.limits import RATES, Rates  # noqa: E402
from usher.api.operations import OPERATIONS  # noqa: E402

ENOUGH = 2_000_000_000
RATES[""]["business"] = Rates(ENOUGH, ENOUGH, ENOUGH, ENOUGH, ENOUGH)
for _cap in (cap for o in OPERATIONS for cap in o.caps):
    _cap.most["business"] = ENOUGH  # type: ignore[index]
