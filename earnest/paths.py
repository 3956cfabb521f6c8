"""Where the checkout is, from which everything here runs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
