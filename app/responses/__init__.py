"""Answers: who answered is kept apart from what was answered."""
