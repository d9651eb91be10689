"""Pages of reviews: reading, writing, the operator's list."""
