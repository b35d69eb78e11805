"""Hagukumi: the service."""

VERSION = "0.3.0"
"""Of the package and of the contract; pyproject.toml reads it here."""
