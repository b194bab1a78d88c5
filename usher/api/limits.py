"""How many calls an account may make, all its apps together: a second or minute, and a day, by plan, area and label (README 1, Rate limits; S4-43, DOS-05).

Counted in an UNLOGGED table before the work begins, in the statement that looks up the token. A second begins with its first call; a day at midnight UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from usher.access import throttle
from usher.access.throttle import UNTIL_MIDNIGHT, Limit, Tally
from usher.access.tokens import Holder
from usher.core.actor import Actor
from usher.zoom_wire.codes import Fault, WireRefused

from .operations import HEAVY, LIGHT, MEDIUM, RESOURCE_INTENSIVE, Operation

MINUTE = 60
CATEGORY = {LIGHT: "Light", MEDIUM: "Medium", HEAVY: "Heavy", RESOURCE_INTENSIVE: "Resource-intensive"}
QPS = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request."


@dataclass(frozen=True)
class Rates:
    """What one plan may call: by label a second, resource-intensive ones a minute, and a day: each label alone, or heavy ones together."""

    light: int
    medium: int
    heavy: int
    intensive: int  # a minute
    heavy_a_day: int = 0
    each_a_day: Mapping[str, int] | None = None

    def at_once(self, label: str) -> tuple[int, int]:
        """How many calls in how many seconds."""
        if label == RESOURCE_INTENSIVE:
            return self.intensive, MINUTE
        return {LIGHT: self.light, MEDIUM: self.medium, HEAVY: self.heavy}[label], 1

    def a_day(self, label: str) -> tuple[str, int] | None:
        """The counter of a day and its most; None when the day has no limit."""
        if self.each_a_day:
            return label, self.each_a_day[label]
        return ("heavy", self.heavy_a_day) if label in (HEAVY, RESOURCE_INTENSIVE) else None


FREE_RATES = Rates(4, 2, 1, 10, each_a_day={LIGHT: 6_000, MEDIUM: 2_000, HEAVY: 1_000, RESOURCE_INTENSIVE: 30_000})
# Counter -> plan -> rates. Phone and contact center have lower ones of their own; their calls are counted apart.
RATES = {
    "": {"free": FREE_RATES, "pro": Rates(30, 20, 10, 10, 30_000), "business": Rates(80, 60, 40, 20, 60_000)},
    "phone": {"free": FREE_RATES, "pro": Rates(20, 10, 5, 5, 15_000), "business": Rates(40, 20, 10, 10, 30_000)},
    "contact-center": {"free": FREE_RATES, "pro": Rates(20, 10, 5, 5, 15_000), "business": Rates(40, 20, 10, 10, 30_000)},
}
TIERS = {"free": "free", "free_with_card": "free", "pro": "pro"}
COUNTERS = {"phone": "phone", "number_management": "phone", "contact_center": "contact-center"}  # by the first part of the path


def by_plan(operation: Operation) -> dict[str, list[Limit]]:
    """What one call of an operation counts against, by the account's plan; it is counted where its token is looked up (access/tokens.py)."""
    return {plan: limits_of(plan, operation) for plan in (*TIERS, "")}


def told(holder: Holder, operation: Operation) -> dict[str, str]:
    """The headers that tell what is left. 429 beyond a limit, and then nothing was done. None where nothing is counted."""
    exceeded = [t for t in holder.tallies if t.is_exceeded]
    if exceeded:
        raise WireRefused(Fault(429, 429, *refusal(max(exceeded, key=lambda t: t.left), operation)))
    return headers(holder.tallies[0], operation) if holder.tallies else {}


def are_counted() -> bool:
    """Off for the whole server with USHER_API_LIMITS=off."""
    return bool(settings.API_LIMITS)


def are_on(actor: Actor) -> bool:
    """Off also for one account, by its operator (accounts/counting_calls.py)."""
    return are_counted() and actor.api_limits


def give_back(actor: Actor, operation: Operation) -> None:
    """A call that made nothing does not count against what an operation may make; the call itself counts."""
    if are_on(actor) and operation.caps:
        throttle.give_back(*((limit, str(actor.account_id)) for limit in caps_of(actor.plan, operation)))


def limits_of(plan: str, operation: Operation) -> list[Limit]:
    """Everything one call of an account on a plan counts against, the limit of a second or minute first."""
    counter = COUNTERS.get(operation.path.split("/")[1], "")
    rates, label = RATES[counter][tier(plan)], operation.label
    most, seconds = rates.at_once(label)
    found = [Limit(f"api-{counter}-{label}", most, seconds)]
    if day := rates.a_day(label):
        found.append(Limit(f"api-day-{counter}-{day[0]}", day[1], UNTIL_MIDNIGHT))
    return found + caps_of(plan, operation)


def caps_of(plan: str, operation: Operation) -> list[Limit]:
    return [Limit(f"api-{cap.name}", cap.most[tier(plan)], cap.seconds) for cap in operation.caps]


def tier(plan: str) -> str:
    """free, pro or business; whoever is on none of these has what Business has."""
    return TIERS.get(plan, "business")


def headers(tally: Tally, operation: Operation) -> dict[str, str]:
    """What an answer tells of a limit."""
    return {
        "X-RateLimit-Category": CATEGORY[operation.label],
        "X-RateLimit-Type": "Daily-limit" if tally.limit.seconds == UNTIL_MIDNIGHT else "QPS",
        "X-RateLimit-Limit": str(tally.limit.most),
        "X-RateLimit-Remaining": str(max(0, tally.limit.most - tally.tries)),
        "X-RateLimit-Reset": str(int(tally.ends.timestamp())),
    }


def refusal(tally: Tally, operation: Operation) -> tuple[str, list[dict[str, str]], dict[str, str]]:
    """Words, no fields and headers of a 429: when a day is used up, `Retry-After` is a time, otherwise seconds."""
    daily = tally.limit.seconds == UNTIL_MIDNIGHT
    later = tally.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if daily else str(tally.left)
    return DAILY if daily else QPS, [], {**headers(tally, operation), "Retry-After": later}
