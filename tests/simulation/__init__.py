"""Deterministic simulation: the whole backend in one process, on a store in memory, with histories from seeds."""
