"""Price lists in and out: CSV, XLSX and JSON Lines files of offers, without a database.

Nouns: sheet (an opened file), column, mapping (our field → their column), draft (one offer as read), row error, note.
Verbs, in the order of an import: `sheet.open_sheet`, `mapping.map_sheet`, `batches.preview`, `batches.read_all`; out again
with `export.write_csv`, `write_xlsx`, `write_jsonl`.
It never fetches an address found in a file, never guesses a number, and never changes more than it says in a note.
"""
