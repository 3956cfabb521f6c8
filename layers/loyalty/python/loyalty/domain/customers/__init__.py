"""Customers: identities, profile, journal, and merging two records of one person."""
