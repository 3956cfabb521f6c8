"""Reports: what points have done in a time, counted record by record as the feed tells of them."""
