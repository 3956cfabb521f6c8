"""Where the figures of README.md come from: ratios and counts, each measured in one run on one machine."""
