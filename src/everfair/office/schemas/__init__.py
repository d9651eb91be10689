"""What programs send to the office and get from it, by noun."""
