"""Threads between companies, notices to people, and the letters that carry notices by mail.

Nouns: Thread, Message, ThreadRead, Notice, LetterChoice.
Verbs: open_thread, post_message, read_thread, notify, read_notices, choose_letters.
It never decides anything: it only carries words. What a notice says stands in `values.NOTICE_WORDS`.
"""
