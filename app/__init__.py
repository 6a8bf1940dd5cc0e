"""Tangguh: offline-first survey collection for community resilience."""

__version__ = "0.1.0"
