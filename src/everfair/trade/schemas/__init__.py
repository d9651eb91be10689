"""What programs send and read about orders, by noun."""
