"""The template, the code and its packages by other people's rules, with a reason for each exception."""
