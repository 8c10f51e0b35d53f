"""Webhooks: endpoints that are told when work ends."""
