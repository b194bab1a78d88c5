"""Limits per account, plan and label, counted in an UNLOGGED table before the work begins (README 1, Rate limits; S4-43)."""

from datetime import timedelta

from django.conf import settings

from usher.access import throttle
from usher.core import clock
from usher.core.actor import Actor
from usher.zoom_wire.codes import Fault, WireRefused

from .operations import HEAVY, LIGHT, MEDIUM, Operation

# plan -> label -> calls per second; whoever is on none of these has what Business has.
A_SECOND = {
    "free": {LIGHT: 4, MEDIUM: 2, HEAVY: 1},
    "free_with_card": {LIGHT: 4, MEDIUM: 2, HEAVY: 1},
    "pro": {LIGHT: 30, MEDIUM: 20, HEAVY: 10},
}
BUSINESS_A_SECOND = {LIGHT: 80, MEDIUM: 60, HEAVY: 40}
# Calls per day; no entry is no limit. Heavy calls of a day share one number.
FREE_A_DAY = {LIGHT: 6_000, MEDIUM: 2_000, HEAVY: 1_000}
A_DAY = {"free": FREE_A_DAY, "free_with_card": FREE_A_DAY, "pro": {HEAVY: 30_000}}
BUSINESS_A_DAY = {HEAVY: 60_000}
CATEGORY = {LIGHT: "Light", MEDIUM: "Medium", HEAVY: "Heavy"}
QPS = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request."


def count(actor: Actor, operation: Operation) -> dict[str, str]:
    """Count one call; the headers that tell. 429 beyond a limit, and then nothing was done. With USHER_API_LIMITS=off nothing is counted."""
    if not settings.API_LIMITS:
        return {}
    label = operation.label
    second = throttle.Limit(f"api-second-{label}", A_SECOND.get(actor.plan, BUSINESS_A_SECOND)[label], 1)
    most = A_DAY.get(actor.plan, BUSINESS_A_DAY).get(label)
    day = [throttle.Limit(f"api-day-{label}", most, 86_400)] if most else []
    exceeded = throttle.count(*((limit, str(actor.account_id)) for limit in (second, *day)))
    headers = {"X-RateLimit-Category": CATEGORY[label], "X-RateLimit-Type": "QPS", "X-RateLimit-Limit": str(second.most)}
    for limit, wait in sorted(exceeded.items(), key=lambda e: -e[1]):
        daily, ends = limit in day, clock.now() + timedelta(seconds=wait)
        told = {
            **headers,
            "X-RateLimit-Type": "Daily-limit" if daily else "QPS",
            "X-RateLimit-Limit": str(limit.most),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(ends.timestamp())),
            "Retry-After": ends.strftime("%Y-%m-%dT%H:%M:%SZ") if daily else str(wait),
        }
        raise WireRefused(Fault(429, 429, DAILY if daily else QPS, headers=told))
    return headers
