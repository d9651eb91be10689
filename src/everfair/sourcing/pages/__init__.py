"""Pages of requests, quotes and questions."""
