"""Qualifications such as IT Passport, and who holds them on a day."""
