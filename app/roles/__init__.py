"""Roles as dated policy data, who holds them on a day, and units that lack a holder."""
