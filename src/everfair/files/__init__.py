"""Uploads, pictures and documents: content-addressed, checked, visible only to their parties.

Nouns: File, Picture sizes.
Verbs: keep_file, keep_picture, keep_document.
It never trusts a file's name or its declared type.
"""
