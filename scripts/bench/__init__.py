"""Hagukumi beside what one would otherwise write, on the same rows, in one run: `scripts/dev bench --help`.

(a) Hagukumi as shipped; (b) the flat template as usually written; (b') the template with Hagukumi's answers and
duties; (c) bare asyncpg with JSON built in PostgreSQL; (d) pgbench with the
statements of (c). None of it is part of the service.
"""
