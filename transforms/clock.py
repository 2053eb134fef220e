"""The time of day. Every stage asks here, so that a test can let weeks pass."""

from datetime import datetime, timezone


def utc_now() -> datetime:
    """Now, aware and in UTC."""
    return datetime.now(timezone.utc)
