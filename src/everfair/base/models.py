"""Rows that belong to no trade: events and cursors, history, deadlines, write keys, heartbeats."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.ids import new_id


class NextNumber(models.Func):
    """The next number of a sequence, as a column default: what people see instead of an id."""

    function = "nextval"

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence
        super().__init__(models.Value(sequence), output_field=models.BigIntegerField())

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return ("everfair.base.models.NextNumber", [self.sequence], {})


class Row(models.Model):
    """What every noun of ours is: a UUIDv7 key and the moment it was made, by the platform's clock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(db_default=EfNow(), editable=False)

    class Meta:
        abstract = True


class Event(models.Model):
    """One fact that happened. Insert-only; read by cursors in the order (tx, seq)."""

    seq = models.BigAutoField(primary_key=True)
    # The inserting transaction (xid8): a cursor reads only what is older than every running transaction.
    tx = models.BigIntegerField(editable=False)
    name = models.CharField(max_length=80)
    subject = models.UUIDField()
    body = models.JSONField()
    actor = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=EfNow())

    class Meta:
        managed = False
        db_table = "base_event"


class Cursor(models.Model):
    """How far one subscriber has read."""

    name = models.CharField(max_length=80, primary_key=True)
    tx = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)


class DeadReaction(models.Model):
    """An event one subscriber could not digest after several tries: kept with its reason, for a person."""

    subscriber = models.CharField(max_length=80)
    event_seq = models.BigIntegerField()
    reason = models.TextField()
    at = models.DateTimeField(db_default=EfNow())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "event_seq"], name="base_deadreaction_once")]


class History(models.Model):
    """One move of one row along one axis: who, when, through which door. Insert-only."""

    seq = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    kind = models.CharField(max_length=40)
    axis = models.CharField(max_length=30)
    verb = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    actor = models.CharField(max_length=60)
    door = models.CharField(max_length=20)
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField(db_default=EfNow())

    class Meta:
        indexes = [models.Index(fields=["subject", "seq"], name="base_history_subject")]


class Deadline(models.Model):
    """Something that happens by itself when nobody acts, or a reminder on the way to it. Each row fires at most once."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    generation = models.IntegerField(default=1)
    # 0 is the deadline itself, n its n-th reminder: of the same generation, set and cleared with it.
    reminder = models.SmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    fired_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    # When a failed try may run again; null while nothing went wrong.
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "generation", "reminder"], name="base_deadline_once"),
            models.UniqueConstraint(
                fields=["kind", "subject", "reminder"], condition=models.Q(state="waiting"), name="base_deadline_one_waiting"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "fired", "cleared", "failed"]), name="base_deadline_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="base_deadline_due"),
        ]


class WriteKey(models.Model):
    """A client-made id of one write: the same key again gets the same answer, another body is refused."""

    owner = models.CharField(max_length=60)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    location = models.TextField(default="", blank=True)
    body = models.BinaryField(null=True)
    content_type = models.CharField(max_length=80, default="")
    at = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "route", "key"], name="base_writekey_once")]
        indexes = [models.Index(fields=["at"], name="base_writekey_at")]


class Heartbeat(models.Model):
    """When a part of the installation last said it was alive (worker, clock, index). Real time, not ef_now()."""

    part = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, default="", blank=True)
