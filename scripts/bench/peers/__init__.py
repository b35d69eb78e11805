"""What Hagukumi is compared with. Each is one application of one file, with nothing but what its kind usually has.

All have 32 connections to the database, more than the callers: with fewer, SQLAlchemy's pool lets callers wait.
"""
