"""The page about compatibility, made by comparing our OpenAPI with what the contract says of the same calls. `python -m tests.api.compatibility` writes it."""

import json
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parent / "contract.json"
GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = {"en": GUIDE / "api-compatibility.md", "de": GUIDE / "de" / "api-compatibility.md"}
HEAD = {
    "en": """# API compatibility

What of Zoom's contract each call takes. What is *kept* is checked, stored and returned as it was given, and nothing here acts on it. A parameter or field that is *accepted without effect* may be sent
and is ignored, as every unknown one is. This page is made from the code and compared with the contract by a test.

| call | acts on | kept | accepted without effect |
|---|---|---|---|
""",
    "de": """# Kompatibilität der API

Was jeder Aufruf vom Vertrag von Zoom nimmt. Was *aufbewahrt* wird, wird geprüft, gespeichert und zurückgegeben, wie es kam; hier wirkt es auf nichts. Ein Parameter oder Feld *ohne Wirkung* darf
geschickt werden und wird übergangen, wie jedes unbekannte. Diese Seite entsteht aus dem Code, und ein Test vergleicht sie mit dem Vertrag.

| Aufruf | wirkt auf | wird aufbewahrt | ohne Wirkung angenommen |
|---|---|---|---|
""",
}
TAIL = {
    "en": """
## Not served yet

""",
    "de": """
## Noch nicht da

""",
}
MORE = {
    "en": """
## What is different

- A token without the scope is answered with HTTP 403 and body code 4711; Zoom answers 400 with the same body.
- A right of a role has Zoom's name where it means the same, see below, and ours otherwise; both are taken. One of Zoom's without a counterpart is refused. `GET /users/{userId}/permissions` tells them likewise.
- An administrator of a group holds a role that covers it: *Group admin*, which may see the group and its people, or the role they hold already when it is about groups. An account's role of that name may be given more.
- Of the settings act `feature.webinar`, `large_meeting` and `zoom_events` with their capacities, `zoom_whiteboard`, `zoom_scheduler`, `zoom_phone`, and `security.sign_in_with_two_factor_auth` (`role` or `none`). Reading
  tells what holds: one's own, else the primary group's, else the account's. An empty object and null say nothing; a field at the top that is no section and that the contract does not name is ignored.
- `trusted_domains` are the domains the account has proven are its own. `plans/usage` names the plan of a year.
- `type` may also be 3 (On-Prem). 99, `plan_united_type`, `zoom_one_type` and `license_info_list` cannot be given.
- `autoCreate` of `POST /users` needs an address at a managed domain (code 2016 for any other); somebody who has a login already is invited instead. `custCreate` makes somebody as whom nobody can sign in. `ssoCreate` makes
  somebody as whom nobody signs in until there is single sign-on (`login_types` 101; of custCreate 99).
- `GET /groups` shows 300 on a page unless `page_size` says less, `GET /im/groups` all of them.
- Somebody deactivated can be deleted; Zoom refuses it with code 200.
- `transfer_recording` and `transfer_webinar` each hand over recordings and webinars; the plurals some clients send mean the same.
- A meeting or webinar that recurs is one item, with at most 60 dates; without an end it has one. Of one date `start_time`, `duration`, `agenda` and `settings` can be changed; anything else is refused with code 300.
  Nothing is held here, so nothing is `live`.
- A lock is `true` or `false`, also where the contract writes text. `lock_settings` of another account is not found (404), like everything of another account.
- `password` of a meeting or webinar is kept sealed, and told to whoever may change the meeting, empty to everybody else; none is made up. Nothing is joined here, so `encrypted_password` is empty, and `h323_password` and
  `pstn_password` are the passcode where it has digits only. No passcode or PIN of a room is kept. Of `settings` nobody said anything of, the contract's default is told.
- `join_url`, `start_url` and `play_url` lead to the portal, where one signs in; so does `download_url` without a token.
- Scopes of meetings, webinars and recordings without `:admin` are about one's own: what is listed under `me`, and by its number or uuid what one hosts. `action=delete` of recordings and `schedule_for` need those with it.
- `GET /meetings/{meetingId}/recordings` also takes the classic scope `recording:read:admin`. A recording of no meeting is found under its own number.
- A deleted meeting or webinar is in the trash for 30 days. `action=delete` of recordings removes them at once, also from the trash.
- Reports tell at most a month at once, from a day to the same of the next. Nobody here knows who took part in a meeting: `participants` is 0. A room is `Offline` or `UnderConstruction`: no device reports here.
  There are no tags, calendars or device profiles: one that is named is not there (8306, 4060, 8005).
- A phone user is `activate`, `deactivate` (keeps everything, and nobody uses it) or `pending` (holds Phone and waits for an extension). `PUT /phone/users/batch` with `activate` is for who has a phone.
  Somebody whose phone is in the trash is found nowhere.
- `extension_id` and `phone_user_id` are the id of the person or room. Of a policy act `voicemail.enable`, `ad_hoc_call_recording.enable`, `auto_call_recording.enable` and of a user `select_outbound_caller_id.enable`; `reset` takes away what was kept.
- There are always sites: `multiple_sites.enabled` is true. A site has one range of extensions, and stays in its country. Templates are for users.
- Numbers are brought by the account: `source` is `external` or `BYOCCloud`, all are allocated to `ZOOM_PHONE`, and a room that holds one is a `commonArea`.
- A list in a query (`phone_numbers`, `numbers`) is one value with commas or the parameter again and again. `POST /phone/users/batch` gives all or nothing; `calling_plans` are names or codes.
""",
    "de": """
## Was anders ist

- Fehlt dem Token der Scope, ist die Antwort HTTP 403 mit dem Code 4711 im Text; Zoom antwortet 400 mit demselben Text.
- Ein Recht einer Rolle heißt wie bei Zoom, wo es dasselbe bedeutet (siehe unten), sonst wie hier; beide Namen werden genommen. Eines von Zoom ohne Entsprechung wird abgelehnt. `GET /users/{userId}/permissions`
  ebenso.
- Wer eine Gruppe verwaltet, hat eine Rolle, die für sie gilt: *Group admin*, die die Gruppe und ihre Personen sehen darf, oder die Rolle, die schon da ist, wenn sie für Gruppen gilt. Eine Rolle dieses Namens darf mehr bekommen.
- Von den Einstellungen wirken `feature.webinar`, `large_meeting` und `zoom_events` mit ihrer Größe, `zoom_whiteboard`, `zoom_scheduler`, `zoom_phone` und `security.sign_in_with_two_factor_auth` (`role` oder `none`). Gelesen
  wird, was gilt: die eigene, sonst die der primären Gruppe, sonst die des Kontos. Ein leeres Objekt und null sagen nichts; ein Feld ganz oben, das kein Abschnitt ist und das der Vertrag nicht nennt, wird übergangen.
- `trusted_domains` sind die Domains, für die das Konto den Nachweis hat. `plans/usage` nennt den Tarif für ein Jahr.
- `type` darf auch 3 (On-Prem) sein. 99, `plan_united_type`, `zoom_one_type` und `license_info_list` lassen sich nicht vergeben.
- `autoCreate` von `POST /users` braucht eine Adresse an einer verwalteten Domain (sonst Code 2016); wer schon ein Login hat, wird stattdessen eingeladen. `custCreate` legt jemanden an, als der sich niemand anmelden
  kann. `ssoCreate` legt jemanden an, als der sich niemand anmeldet, bis es Single Sign-on gibt (`login_types` 101, bei custCreate 99).
- `GET /groups` zeigt 300 auf einer Seite, wenn `page_size` nicht weniger sagt, `GET /im/groups` alle.
- Wer deaktiviert ist, lässt sich löschen; Zoom lehnt das mit dem Code 200 ab.
- `transfer_recording` und `transfer_webinar` übergeben jeweils Aufzeichnungen und Webinare; die Mehrzahl, die manche Clients schicken, bedeutet dasselbe.
- Ein Meeting oder Webinar, das wiederkehrt, ist ein Element mit höchstens 60 Terminen; ohne Ende hat es einen. An einem Termin lassen sich `start_time`, `duration`, `agenda` und `settings` ändern; alles andere wird mit
  dem Code 300 abgelehnt. Gehalten wird hier nichts, also ist nichts `live`.
- Eine Sperre ist `true` oder `false`, auch wo der Vertrag Text vorsieht. `lock_settings` eines anderen Kontos gibt es nicht (404), wie alles eines anderen Kontos.
- `password` eines Meetings oder Webinars wird versiegelt aufbewahrt und denen genannt, die es ändern dürfen, allen anderen leer; keines wird erfunden. Beigetreten wird hier nicht: `encrypted_password` ist leer, und
  `h323_password` und `pstn_password` sind der Kenncode, wenn er nur aus Ziffern besteht. Kenncodes und PINs von Räumen werden nicht aufbewahrt. Von `settings`, über die niemand etwas sagte, wird die Vorgabe des Vertrags genannt.
- `join_url`, `start_url` und `play_url` führen ins Portal, wo man sich anmeldet; ohne Token auch `download_url`.
- Scopes für Meetings, Webinare und Aufzeichnungen ohne `:admin` gelten für das Eigene: was unter `me` steht, und mit Nummer oder uuid, was man selbst leitet. `action=delete` bei Aufzeichnungen und `schedule_for` brauchen
  die mit `:admin`.
- `GET /meetings/{meetingId}/recordings` nimmt auch den klassischen Scope `recording:read:admin`. Eine Aufzeichnung ohne Meeting steht unter ihrer eigenen Nummer.
- Ein gelöschtes Meeting oder Webinar liegt 30 Tage im Papierkorb. `action=delete` entfernt Aufzeichnungen sofort, auch aus dem Papierkorb.
- Berichte sagen höchstens einen Monat auf einmal, von einem Tag bis zum selben des nächsten. Wer an einem Meeting teilnahm, weiß hier niemand: `participants` ist 0. Ein Raum ist `Offline` oder `UnderConstruction`: Kein Gerät meldet sich hier.
  Tags, Kalender und Geräteprofile gibt es nicht: Wer eines nennt, meint eines, das nicht da ist (8306, 4060, 8005).
- Wer ein Telefon hat, ist `activate`, oder `deactivate`, wenn es alles behält und niemand es benutzt; wer Phone hat und auf eine Durchwahl wartet, `pending`. `PUT /phone/users/batch` mit `activate` ist für die, die ein
  Telefon haben. Wer im Papierkorb liegt, wird nirgends gefunden.
- `extension_id` und `phone_user_id` sind die ID der Person oder des Raums. Von einer Policy wirken `voicemail.enable`, `ad_hoc_call_recording.enable`, `auto_call_recording.enable` und bei Benutzern `select_outbound_caller_id.enable`; `reset` nimmt weg, was aufbewahrt war.
- Standorte gibt es immer: `multiple_sites.enabled` ist true. Ein Standort hat einen Bereich von Durchwahlen und bleibt in seinem Land. Vorlagen gelten für Personen.
- Rufnummern bringt das Konto mit: `source` ist `external` oder `BYOCCloud`, alle gehören zu `ZOOM_PHONE`, und ein Raum, der eine hat, ist eine `commonArea`.
- Eine Liste in der Adresse (`phone_numbers`, `numbers`) ist ein Wert mit Kommas oder der Parameter mehrmals. `POST /phone/users/batch` gibt allen etwas oder niemandem; `calling_plans` sind Namen oder Codes.
""",
}


RIGHTS = {
    "en": """
## Names of rights

| Zoom | here |
|---|---|
""",
    "de": """
## Namen der Rechte

| Zoom | hier |
|---|---|
""",
}


def contract() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CONTRACT.read_text())
    return found


def page(language: str) -> str:
    """The whole text in a language."""
    from usher.api.operations import OPERATIONS

    ours = {(o.method, o.path): o for o in OPERATIONS}
    lines, missing = [], []
    for call in contract():
        operation = ours.get((call["method"], call["path"]))
        if operation is None:
            missing.append(f"- `{call['method']} {call['path']}`")
            continue
        taken = {*operation.query, *operation.body}
        theirs = {*call["query"], *call["body"]}
        kept = set(operation.kept)
        lines.append(f"| `{call['method']} {call['path']}` | {names(taken)} | {names(kept)} | {names(theirs - taken - kept)} |")
    return (
        HEAD[language]
        + "\n".join(lines)
        + "\n"
        + (TAIL[language] + "\n".join(missing) + "\n" if missing else "")
        + MORE[language]
        + RIGHTS[language]
        + rights()
    )


def rights() -> str:
    """The map of rights, as lines of a table."""
    from usher.zoom_wire.privileges import OURS

    return "".join(f"| `{theirs}` | `{ours}` |\n" for theirs, ours in sorted(OURS.items()))


def names(found: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(found)) or "—"


if __name__ == "__main__":
    import django

    django.setup()
    from usher.api import v2  # noqa: F401

    for language, file in PAGES.items():
        file.write_text(page(language))
