"""Seats and the waiting list of sessions: tables and transitions, without routes."""
