"""Questionnaires: what is asked, of whom, and from when to when."""
