"""Recordings as the contract writes them: a meeting with its files. One without a meeting stands under its own number."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from usher.core.ids import short

from .meetings import minutes
from .people import time

# What the end of a file's name says -> type, and what it holds. Anything else is told as a video.
FILES = {
    "MP4": ("MP4", "shared_screen_with_speaker_view"),
    "M4A": ("M4A", "audio_only"),
    "TXT": ("CHAT", "chat_file"),
    "VTT": ("TRANSCRIPT", "audio_transcript"),
    "CSV": ("CSV", "poll"),
    "JSON": ("TB", "timeline"),
}
UPLOADED = "99"  # the contract's type of a recording that belongs to no meeting


def file(row: Mapping[str, Any], base: str) -> dict[str, Any]:
    """One file; `base` is the address of this server, where its portal shows it and programs fetch it."""
    end = row["filename"].rpartition(".")[2].upper()
    extension = end if end in FILES else "MP4"
    kind, holds = FILES[extension]
    begins = row["starts_at"] or row["created_at"]
    id = short(row["id"])
    told = {
        "id": id,
        "meeting_id": short(row["of_id"]) + "==",
        "recording_start": time(begins),
        "recording_end": time(begins + timedelta(seconds=row["seconds"] or 0)),
        "file_type": kind,
        "file_extension": extension,
        "file_size": row["size"] or 0,
        "play_url": f"{base}/content/{id}",
        "recording_type": holds,
        "status": "completed",
    }
    if row["has_file"]:
        told["download_url"] = f"{base}/rec/download/{id}"
    return {**told, "deleted_time": time(row["trashed_at"])} if row["trashed_at"] else told


def meeting(files: Sequence[Mapping[str, Any]], account: UUID, base: str) -> dict[str, Any]:
    """What one meeting left: its files and their sums."""
    first = files[0]
    return {
        "uuid": short(first["of_id"]) + "==",
        "id": first["of_number"],
        "account_id": short(account),
        "host_id": short(first["owner_id"]),
        "topic": first["of_title"],
        "type": "2" if first["of_id"] != first["id"] else UPLOADED,
        "start_time": time(first["starts_at"] or first["created_at"]),
        "duration": max(minutes(f["seconds"]) for f in files),
        "total_size": sum(f["size"] or 0 for f in files),
        "recording_count": len(files),
        "auto_delete": False,
        "recording_files": [file(f, base) for f in files],
    }
