"""Coded values and problem codes, with their labels in both languages."""
