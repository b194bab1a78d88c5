"""The words of Activity: kinds of changes, doors, states, and why an attempt was denied."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import known
from usher.journal.plan import words_of
from usher.journal.verb import VERBS

Words = str | Promise
KINDS: dict[str, Words] = {
    "lifecycle.open_account": _("Open the account"),
    "lifecycle.invite": _("Invite"),
    "lifecycle.let_in": _("Let in at once"),
    "lifecycle.let_in_without_login": _("Let in without a login"),
    "lifecycle.update_people": _("Update people by file"),
    "lifecycle.change_address": _("Change address"),
    "lifecycle.accept": _("Accept an invitation"),
    "lifecycle.accept_transfer": _("Accept an invitation with an account of their own"),
    "lifecycle.move_out": _("Move to another account"),
    "lifecycle.decline": _("Decline an invitation"),
    "lifecycle.resend_invitation": _("Resend an invitation"),
    "lifecycle.withdraw_invitation": _("Delete an invitation"),
    "lifecycle.expire_invitation": _("Let an invitation expire"),
    "licenses.change_license": _("Change license"),
    "licenses.change_members_license": _("Change license of all members"),
    "licenses.give_add_on": _("Give an add-on"),
    "licenses.take_add_on": _("Take an add-on back"),
    "licenses.stop_waiting": _("Take off the waiting list"),
    "licenses.wait_first": _("Put first on the waiting list"),
    "licenses.set_seats": _("Change the number of seats"),
    "licenses.subscribe": _("Change a subscription"),
    "people.edit_profile": _("Edit a profile"),
    "people.set_department": _("Change department"),
    "people.choose_settings": _("Change the own settings"),
    "people.create_group": _("Create a group"),
    "people.create_im_group": _("Create an IM group"),
    "people.rename_group": _("Rename a group"),
    "people.rename_im_group": _("Rename an IM group"),
    "people.delete_group": _("Delete a group"),
    "people.delete_im_group": _("Delete an IM group"),
    "people.set_default_group": _("Set the default group"),
    "people.set_default_im_group": _("Set the default IM group"),
    "people.remove_from_im_group": _("Remove from an IM group"),
    "people.move_members": _("Move all members of a group"),
    "people.move_im_members": _("Move all members of an IM group"),
    "people.add_domain_to_group": _("Add a domain to a group"),
    "people.add_to_group": _("Add to a group"),
    "people.remove_from_group": _("Remove from a group"),
    "people.move_group": _("Move to a group"),
    "people.set_im_group": _("Change IM group"),
    "people.set_site": _("Change site"),
    "people.mark": _("Mark people"),
    "people.unmark": _("Take a mark away"),
    "access.set_role": _("Change role"),
    "access.create_role": _("Create a role"),
    "access.edit_role": _("Change a role"),
    "access.delete_role": _("Delete a role"),
    "access.transfer_ownership": _("Hand the account to another owner"),
    "access.offer_ownership": _("Ask somebody to own the account"),
    "access.accept_ownership": _("Accept the account"),
    "access.decline_ownership": _("Decline the account"),
    "access.make_link": _("Make a sign-in link"),
    "access.change_password": _("Change password"),
    "access.end_sessions": _("End the own sessions"),
    "access.remove_factors": _("Remove second factors"),
    "access.sign_out": _("Sign somebody out"),
    "access.end_some_sessions": _("End some own sessions"),
    "access.add_factor": _("Add a second factor"),
    "access.remove_factor": _("Remove an own second factor"),
    "access.renew_recovery_codes": _("Make new recovery codes"),
    "access.use_recovery_code": _("Use a recovery code"),
    "access.create_app": _("Create an API app"),
    "access.edit_app": _("Change an API app"),
    "access.rotate_secret": _("Make a new secret of an API app"),
    "access.hand_over_app": _("Hand over an API app"),
    "access.delete_app": _("Delete an API app"),
    "access.give_consent": _("Agree to an API app"),
    "access.withdraw_consent": _("Withdraw the own consent"),
    "access.end_consent": _("End somebody's consent"),
    "connections.create_webhook": _("Create a webhook"),
    "connections.edit_webhook": _("Change a webhook"),
    "connections.confirm_webhook": _("Confirm a webhook"),
    "connections.disable_webhook": _("Switch a webhook off"),
    "connections.delete_webhook": _("Delete a webhook"),
    "connections.renew_signing_secret": _("Make a new signing secret"),
    "connections.send_again": _("Send deliveries again"),
    "accounts.change_settings": _("Change settings"),
    "accounts.create_site": _("Create a site"),
    "accounts.rename_site": _("Rename a site"),
    "accounts.make_main_site": _("Choose the main site"),
    "accounts.delete_sites": _("Delete sites"),
    "accounts.create_room": _("Create a room"),
    "accounts.edit_room": _("Edit a room"),
    "accounts.delete_rooms": _("Delete rooms"),
    "accounts.claim_domain": _("Claim a domain"),
    "accounts.verify_domain": _("Verify a domain"),
    "accounts.release_domain": _("Release a domain"),
    "lifecycle.change_domain": _("Change what a domain does"),
    "lifecycle.choose_address": _("Change the own address"),
    "lifecycle.sign_up": _("Sign up by a domain"),
    "accounts.change_plan": _("Change the plan"),
    "accounts.switch_api_limits": _("Switch the limits of the API"),
    "accounts.require_factor": _("Ask for a second factor"),
    "accounts.store_settings": _("Store settings of the account"),
    "people.store_settings": _("Store settings of people"),
    "people.store_own_settings": _("Store own settings"),
    "people.store_group_settings": _("Store settings of a group"),
    "people.set_primary_group": _("Choose the primary group"),
    "people.choose_look": _("Change the look of a list"),
    "lifecycle.activate": _("Activate"),
    "lifecycle.deactivate": _("Deactivate"),
    "lifecycle.reactivate": _("Reactivate"),
    "lifecycle.unlink": _("Unlink"),
    "lifecycle.delete": _("Delete people"),
    "lifecycle.delete_overdue": _("Delete the long deactivated"),
    "lifecycle.purge": _("Purge people"),
    "lifecycle.schedule": _("Set a date"),
    "lifecycle.cancel_date": _("Cancel a date"),
    "lifecycle.let_go": _("Take along what was left"),
    "lifecycle.open_own_account": _("Open an account of their own"),
    "lifecycle.restore": _("Restore people"),
    "phone.add": _("Give phones"),
    "lifecycle.add_phones": _("Give phones by file"),
    "phone.assign_automatically": _("Assign phones automatically"),
    "phone.add_rooms": _("Give rooms phones"),
    "phone.assign_room_package": _("Assign rooms a calling package"),
    "phone.remove_room_packages": _("Remove calling packages of rooms"),
    "phone.move_rooms_to_site": _("Move phones of rooms to a site"),
    "phone.apply_room_template": _("Apply a phone template to rooms"),
    "phone.remove_rooms": _("Remove phones of rooms"),
    "phone.set_up_rooms": _("Give rooms extensions"),
    "phone.set_up": _("Give extensions"),
    "phone.put_away": _("Let phones rest"),
    "phone.assign_package": _("Assign a calling package"),
    "phone.remove_packages": _("Remove calling packages"),
    "phone.switch_package": _("Switch a calling package"),
    "phone.remove": _("Remove phones"),
    "phone.put_in_trash": _("Put phones in the trash"),
    "phone.restore": _("Restore phones"),
    "phone.purge": _("Purge phones"),
    "phone.activate": _("Activate phones"),
    "phone.deactivate": _("Deactivate phones"),
    "phone.set_extension": _("Change an extension"),
    "phone.change_own": _("Change the own phone settings"),
    "phone.move_to_site": _("Move phones to a site"),
    "phone.resend_invite": _("Send the mail about a phone again"),
    "phone.add_numbers": _("Add numbers"),
    "phone.release_numbers": _("Release numbers"),
    "phone.assign_numbers": _("Assign numbers"),
    "phone.move_numbers": _("Move numbers"),
    "phone.unassign_numbers": _("Take numbers back"),
    "phone.set_caller_id": _("Choose a caller ID"),
    "phone.change_own_caller_id": _("Choose the own caller ID"),
    "phone.create_site": _("Create a site with its phone side"),
    "phone.set_site": _("Change the phone side of a site"),
    "phone.delete_site": _("Delete a site with all that is there"),
    "phone.create_template": _("Make a phone template"),
    "phone.edit_template": _("Change a phone template"),
    "phone.delete_template": _("Delete a phone template"),
    "phone.apply_template": _("Apply a phone template"),
    "phone.change_settings": _("Change settings of Phone"),
    "phone.import_calls": _("Import calls"),
    "phone.set_policy": _("Change what a phone may do"),
    "phone.store_for_phone": _("Keep settings of a phone"),
    "phone.store_for_site": _("Keep phone settings of a site"),
    "phone.store_for_template": _("Keep settings of a phone template"),
    "phone.store_for_number": _("Keep settings of a number"),
    "phone.store_for_account": _("Keep settings of Phone"),
    "content.create": _("Add content"),
    "content.upload": _("Upload content"),
    "content.rename": _("Rename content"),
    "content.change": _("Change content"),
    "content.hand_over": _("Hand content over"),
    "content.transfer": _("Transfer content"),
    "content.delete": _("Delete content"),
    "content.delete_for_good": _("Delete content for good"),
    "content.restore": _("Restore content"),
    "content.purge": _("Purge content"),
    "content.create_own": _("Add the own content"),
    "content.change_own": _("Change the own content"),
    "content.delete_own": _("Delete the own content"),
}
DOORS: dict[str, Words] = {
    "portal": _("Portal"),
    "cli": _("Command line"),
    "sign_in": _("Sign-in"),
    "clock": _("Clock"),
    "api": _("API"),
    "scim": _("SCIM"),
    "csv": _("File"),
    "automation": _("Automation"),
}


def kind_of(verb: str) -> Words:
    """What kind of change a verb makes; one without words of its own is told by its name."""
    return KINDS.get(verb) or verb.partition(".")[2].replace("_", " ").capitalize() or verb


def kinds() -> list[tuple[str, Words]]:
    """Every kind there is, in the order of their words."""
    return sorted(((v, kind_of(v)) for v in VERBS), key=lambda k: str(k[1]))


def state_of(described: dict[str, Any]) -> tuple[str, Words]:
    """Dot and word of a described change."""
    outcome = described["outcome"]
    if outcome.state == "running":
        return "run", _("Running")
    if outcome.state == "cancelled":
        return "off", _("Stopped")
    if outcome.failed:
        return "bad", _("Some failed")
    if described["undone_by"] is None:
        return "ok", _("Done")
    return ("warn", _("Undone in part")) if described["undone_in_part"] else ("off", _("Undone"))


def tried(what: str) -> Words:
    """What somebody tried: a kind of change, or a right that a page needs."""
    if what == "scope":
        return _("something for the whole account")
    try:
        return kind_of(what) if what in VERBS else known(what).words
    except KeyError:
        return what


DENIED: dict[str, Words] = {
    "privilege": _("without the right to"),
    "stale": _("the world had changed meanwhile"),
    "more_than_own": _("more than the own role may"),
    "scope": _("beyond what the own role covers"),
    "too_many": _("more people than the own role may change at once"),
    "plan": _("not in the plan of the account"),
}


def denied(code: str) -> Words:
    """Why it was denied."""
    return DENIED.get(code) or words_of(code).replace("_", " ")
