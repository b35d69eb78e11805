"""Attendance at meetings, which results follow."""
