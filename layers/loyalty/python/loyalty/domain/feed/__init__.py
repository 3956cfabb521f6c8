"""The change feed: what records of the journal are announced as, and where it is sent."""
