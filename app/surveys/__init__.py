"""Surveys: questions, addressees, and responses with their timing."""
