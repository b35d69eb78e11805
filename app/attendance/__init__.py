"""Attendance of meetings, and what it amounts to: completion as evidence of skills."""
