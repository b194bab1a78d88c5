"""Who may see a list: whoever may open its page."""

from django.urls import resolve
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.policy import Policy
from usher.core.refusals import not_found
from usher.portal.listing import LISTINGS, Listing


def may_see(actor: Actor, listing: Listing) -> bool:
    """By the policy of the list's own page."""
    policy = getattr(resolve(listing.path).func, "policy", None)
    return isinstance(policy, Policy) and (policy.kind == "member" or (policy.kind == "privilege" and actor.may(policy.privilege)))


def listing_of(actor: Actor, name: str) -> Listing:
    """A list by its name. Refused (missing) when there is none, or the actor may not see it."""
    listing = LISTINGS.get(name)
    if listing is None or not may_see(actor, listing):
        raise not_found(_("This list"))
    return listing
