"""Figures across rooms, read-only: skills that roles demand beside skills that people have shown."""
