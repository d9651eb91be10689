from django.db import models

from everfair.base.models import Row


class Blob(models.Model):
    """Bytes under their hash. Kept once however often they are uploaded; never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.IntegerField()
    media_type = models.CharField(max_length=80)
    # Pictures only: the original's size after re-encoding.
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    # What the picture looks like (`likeness`): 0 where it has no shape to compare, None while nobody looked.
    bits = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], condition=models.Q(bits=None, media_type="image/webp"), name="files_blob_unseen"),
        ]


class File(Row):
    """One company's use of a blob, under the name its people gave it.

    `public` files (offer pictures, logos) are shown to everyone; others only to `owner` and to the companies in FileParty.
    """

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    owner_id = models.UUIDField()
    uploaded_by = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    public = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["picture", "attachment", "document"]), name="files_file_kind"),
        ]
        indexes = [models.Index(fields=["owner_id", "-id"], name="files_file_owner")]


class FileParty(models.Model):
    """Another company that may see a file (the other side of a trade, of an RFQ)."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="+")
    company_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "company_id"], name="files_fileparty_once")]
