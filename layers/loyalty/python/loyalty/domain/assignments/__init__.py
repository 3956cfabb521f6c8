"""Assignments: requests of marketing tools for offers and points, from acceptance to their end."""
