"""Write the OpenAPI document into docs/openapi.json, as the service serves it.

    python scripts/openapi_document.py

Names within an object come in the order of the alphabet, so that two changes to the API meet in a
file only where they meet in the API.
"""

import json
from pathlib import Path
from typing import Final

from entrypoints.http import openapi
from entrypoints.http.app import create_app
from entrypoints.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENT: Final = ROOT / "docs/openapi.json"


def text() -> str:
    """The document as it is to be committed."""
    document = openapi.document(create_app(Settings()))
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
