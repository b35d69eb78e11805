"""Skill gaps, read-only: the skills that roles require compared with the skills that people have."""
