"""The command line. Each command opens the database of the environment, does one thing, and says what it did."""

from app.cli import erasing, safekeeping
from app.cli.commands import main

__all__ = ["erasing", "main", "safekeeping"]
