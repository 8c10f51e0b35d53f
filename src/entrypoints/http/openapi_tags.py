"""Groups of operations in the OpenAPI document."""

from typing import Final

TAGS: Final = {
    "choreography": "Plan dances and make their films.",
    "preview": "Watch a dance before its film is made.",
    "library": "Manage songs and moves.",
    "scripts": "Store scripts for narrated videos.",
    "videos": "Make, list, watch and remove videos.",
    "media": "Manage your own pictures and recordings.",
    "storage": "See what is stored, and clean it up.",
    "progress": "Watch how far a task is.",
    "webhooks": "Be told when work ends.",
    "accounts": "Manage accounts, tokens and API keys.",
    "operations": "Check the state of the service.",
}
"""Descriptions by name, in the order of the document."""
