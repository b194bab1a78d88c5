"""Features of users as the contract writes them: what a feature_value means here, and why somebody is left alone (README 3, features)."""

from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.people import LICENSES

# feature_type -> feature_value -> the add-on; nothing takes the feature away. Capacities are numbered by the contract, but for those of events.
ADD_ONS: dict[str, dict[str, str]] = {
    "large_meeting": {
        "0": "",
        **{value: f"large_meeting:{n}" for value, n in {"128": 500, "256": 1000, "1024": 3000, "2048": 5000}.items()},
    },
    "webinar": {
        "0": "",
        **{value: f"webinar:{n}" for value, n in {"16": 100, "1": 500, "64": 1000, "128": 3000, "256": 5000, "512": 10000}.items()},
    },
    "zoom_events": {"0": "", **{str(n): f"events:{n}" for n in (500, 1000, 3000, 5000, 10000, 50000)}},
    "zoom_whiteboard": {"false": "", "true": "whiteboard"},
}
FAMILIES = {"large_meeting": "large_meeting", "webinar": "webinar", "zoom_events": "events", "zoom_whiteboard": "whiteboard"}
# Sizes the contract knows and nobody sells here, and features likewise.
NOT_SOLD = {
    "large_meeting": ("1", "32", "64"),
    "webinar": ("1024", "2048", "4096", "8192", "16384", "32768"),
    "zoom_events": ("20000", "30000"),
}
OTHERS = ("concurrent_meeting", "plan_united_type", "zoom_one_type", "zoom_iq_for_sales", "zoom_revenue_accelerator", "zoom_clips_plus")
TYPES = ("user_type", *ADD_ONS, *OTHERS)

UNKNOWN, AS_WANTED = "Users not found", "No need to update"
# Why somebody is left alone -> the reason of the contract; what it has no reason for is told in our words.
REASONS = {"no_seat": "Not enough seats", "not_enough_seats": "Not enough seats", "needs_base": "Can't update for free users"}


def license_of(value: str) -> str:
    """The license of a user_type."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
    if number not in LICENSES:
        raise invalid({"field": "feature_value", "message": f"The user type {value[:16]} cannot be given here."})
    return LICENSES[number]


def add_on_of(kind: str, value: str) -> str:
    """The add-on a value asks for, empty to take the feature away. 400 with code 200 for what is not sold here, with code 300 for no value of it."""
    if kind in OTHERS or value in NOT_SOLD.get(kind, ()):
        raise WireRefused(Fault(400, 200, "This feature is not enabled on this account."))
    if value not in ADD_ONS[kind]:
        raise invalid({"field": "feature_value", "message": f"feature_value of {kind} must be one of {', '.join(ADD_ONS[kind])}."})
    return ADD_ONS[kind][value]
