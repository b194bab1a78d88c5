"""Settings of meetings that have words here, by the names the contract has for them at all three levels. Programs keep others beside them, which no page shows."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = str | Promise
SWITCH: tuple[tuple[Any, Words], ...] = ((True, gettext_lazy("On")), (False, gettext_lazy("Off")))
WHO: tuple[tuple[Any, Words], ...] = (("host", gettext_lazy("The host only")), ("all", gettext_lazy("Everybody")))
RECORDED: tuple[tuple[Any, Words], ...] = (
    ("none", gettext_lazy("No")),
    ("local", gettext_lazy("On the host's machine")),
    ("cloud", gettext_lazy("In the cloud")),
)


@dataclass(frozen=True)
class Known:
    """One setting: its dotted name, what it does, and what can be chosen."""

    name: str
    words: Words
    choices: tuple[tuple[Any, Words], ...] = SWITCH


SECTIONS: tuple[tuple[Words, tuple[Known, ...]], ...] = (
    (
        gettext_lazy("Scheduling"),
        (
            Known("schedule_meeting.host_video", gettext_lazy("Meetings start with the host's video on")),
            Known("schedule_meeting.join_before_host", gettext_lazy("People may join before the host")),
            Known("meeting_security.waiting_room", gettext_lazy("People wait until the host lets them in")),
            Known("meeting_security.meeting_password", gettext_lazy("Meetings have a passcode")),
        ),
    ),
    (
        gettext_lazy("In the meeting"),
        (
            Known("in_meeting.chat", gettext_lazy("Chat with everybody")),
            Known("in_meeting.private_chat", gettext_lazy("Chat with one person")),
            Known("in_meeting.file_transfer", gettext_lazy("Files can be sent in the chat")),
            Known("in_meeting.screen_sharing", gettext_lazy("Screens can be shared")),
            Known("in_meeting.who_can_share_screen", gettext_lazy("Who may share"), WHO),
            Known("in_meeting.annotation", gettext_lazy("What is shared can be drawn on")),
            Known("in_meeting.whiteboard", gettext_lazy("Whiteboards")),
            Known("in_meeting.breakout_room", gettext_lazy("Breakout rooms")),
            Known("in_meeting.polling", gettext_lazy("Polls")),
            Known("in_meeting.virtual_background", gettext_lazy("Virtual backgrounds")),
            Known("in_meeting.allow_live_streaming", gettext_lazy("Meetings can be streamed")),
        ),
    ),
    (
        gettext_lazy("Recording"),
        (
            Known("recording.local_recording", gettext_lazy("Recording on one's own machine")),
            Known("recording.cloud_recording", gettext_lazy("Recording in the cloud")),
            Known("recording.auto_recording", gettext_lazy("Recorded from the beginning"), RECORDED),
        ),
    ),
    (
        gettext_lazy("Mail"),
        (
            Known("email_notification.jbh_reminder", gettext_lazy("When somebody joins before the host")),
            Known("email_notification.cancel_meeting_reminder", gettext_lazy("When a meeting is cancelled")),
            Known("email_notification.cloud_recording_available_reminder", gettext_lazy("When a recording is ready")),
        ),
    ),
)
KNOWN = [known for _section, members in SECTIONS for known in members]


def text_of(value: Any) -> str:
    """A value as a form carries it; empty for none."""
    return "" if value is None else json.dumps(value)


def value_of(known: Known, text: str) -> Any:
    """What a form chose, null for nothing and for what cannot be chosen."""
    return next((value for value, _words in known.choices if text_of(value) == text), None)


def in_words(known: Known, value: Any) -> str:
    """A value as somebody reads it; one that has no words here, because a program chose it, is told as it is."""
    if value is None:
        return _("not set")
    return str(next((words for one, words in known.choices if one == value and type(one) is type(value)), value))
