"""What a tablet's ODK Collect or KoboCollect is to be set to, as the QR code that it scans.

The code holds the token: whoever photographs it can send in its holder's name. It is shown when the token is, and kept
nowhere. https://docs.getodk.org/collect-import-export/ describes the settings.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import segno


DRAWN: Mapping[str, Any] = {"scale": 6, "light": "white"}
"""How a code is saved as a picture: on white, or it could not be read on the dark page of somebody's browser."""


def settings_of(address: str, name: str, token: str) -> dict[str, Any]:
    """Settings for Collect: where to find this server as the holder of this name and token."""
    return {
        "general": {
            "server_url": f"{address.rstrip('/')}/openrosa/{token}",
            # Collect then removes what is published no more, and looks for new versions by itself.
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "project": {"name": f"Tangguh {name}"},
        "admin": {},
    }


def code_of(settings: dict[str, Any]) -> "segno.QRCode":
    """The settings as a QR code, packed as Collect unpacks them."""
    import segno

    packed = zlib.compress(json.dumps(settings, separators=(",", ":")).encode(), 9)
    return segno.make_qr(b64encode(packed).decode(), error="l")
