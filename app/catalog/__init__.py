"""Courses of every provider, and the sessions in which they are run."""
