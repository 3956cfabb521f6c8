"""Reports: sums over a time, counted as the feed announces records."""
