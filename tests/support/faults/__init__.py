"""Faults for real on the deployed stack: processes killed, the store failing, and every point counted afterwards."""
