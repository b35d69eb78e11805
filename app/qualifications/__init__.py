"""Qualifications such as IT Passport, and the awards of those who hold them."""
