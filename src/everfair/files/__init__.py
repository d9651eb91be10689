"""Uploads, pictures and documents: content-addressed, checked, visible only to their parties.

Nouns: Blob, File, FileParty, picture sizes.
Verbs: keep_picture, keep_attachment, keep_document, share_file.
It never trusts a file's name or its declared type, and never serves anything inline but pictures it encoded itself.
"""
