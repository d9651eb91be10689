from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from everfair.base.models import Row


class Thread(Row):
    """A talk between companies about one thing (an offer, an RFQ, an order)."""

    subject_kind = models.CharField(max_length=30)
    subject = models.UUIDField()
    title = models.CharField(max_length=300)
    company_ids = ArrayField(models.UUIDField())
    last_message_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="messaging_thread_subject"),
            models.Index(fields=["-last_message_at", "-id"], name="messaging_thread_newest"),
            GinIndex(fields=["company_ids"], name="messaging_thread_companies"),
        ]


class Message(Row):
    """What one company's person wrote. Never changed."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    company_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    text = models.TextField()
    file_ids = ArrayField(models.UUIDField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["thread", "id"], name="messaging_message_thread")]


class ThreadRead(models.Model):
    """How far a company has read a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    company_id = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "company_id"], name="messaging_threadread_once")]


class Notice(Row):
    """One line for one person: what changed, and where to act. `kind` names the sentence, `params` fill it."""

    person_id = models.UUIDField()
    company_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300)
    # The event that caused it: a repeated reaction makes no second notice.
    cause = models.CharField(max_length=80)
    # Where its letter goes, read or not, whoever has the account now; empty: to the person's address of the day.
    address = models.EmailField(max_length=254, blank=True, default="", db_default="")
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    # How often a letter was tried, and when it may be tried again.
    tries = models.IntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "cause"], name="messaging_notice_once")]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="messaging_notice_newest"),
            models.Index(fields=["person_id", "link"], condition=models.Q(read_at=None), name="messaging_notice_unread"),
            models.Index(
                fields=["id"],
                condition=models.Q(mailed_at=None) & (models.Q(read_at=None) | ~models.Q(address="")),
                name="messaging_notice_unmailed",
            ),
        ]


class LetterChoice(models.Model):
    """A topic that this person does not want by mail. Notices on the pages are never switched off."""

    person_id = models.UUIDField()
    topic = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "topic"], name="messaging_letterchoice_once")]
