"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds, which every app understands. Pure."""

import base64
import hmac
import secrets
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode
from qrcode.image.svg import SvgPathFillImage

SECONDS, DIGITS = 30, 6
SECRET_BYTES = 20  # RFC 4226 R6: 160 bits
STEPS_AWAY = 1  # RFC 6238 5.2: a clock half a minute off, or a code typed slowly, still fits


def new_secret() -> str:
    """A fresh secret as an app takes it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, email: str, issuer: str) -> str:
    """The otpauth address behind the QR code."""
    return f"otpauth://totp/{quote(f'{issuer}:{email}')}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def picture(address: str) -> str:
    """The QR code as a data address: black on white in the dark theme too, as cameras want it."""
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=3).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one step (RFC 4226 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    return str((int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF) % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, seconds: float) -> int | None:
    """The step this code belongs to, if it is one of now; every step is compared, in constant time."""
    now, found = int(seconds) // SECONDS, None
    for step in range(now - STEPS_AWAY, now + STEPS_AWAY + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode(errors="replace")):
            found = step
    return found
