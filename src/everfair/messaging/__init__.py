"""Threads between companies, notices to people, letters by mail.

Nouns: Thread, Message, Notice.
Verbs: open_thread, post_message, notify, send_letter.
It never decides anything: it only carries words.
"""
