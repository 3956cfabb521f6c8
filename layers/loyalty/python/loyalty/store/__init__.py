"""DynamoDB: the only rooms that know a key or hold a client."""
