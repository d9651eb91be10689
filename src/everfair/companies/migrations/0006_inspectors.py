from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0005_person_looks'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='inspector_note',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='company',
            name='is_inspector',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('is_inspector', True)), fields=['number'], name='companies_company_inspectors'),
        ),
    ]
