"""Foreign exchange: rates as a central bank publishes them, prices by them, and the pages and programs' door of an exchange."""
