"""Attendance at meetings and completion, which is evidence of skills."""
