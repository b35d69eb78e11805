"""Courses of every provider: target group, skills taught, completion rule."""
