"""A tax invoice as programs and people read it: UBL 2.1, and a PDF/A-3 that carries its own data (Factur-X). Both say EN 16931."""
