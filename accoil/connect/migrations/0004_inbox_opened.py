

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connect', '0003_sync'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='inbox_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='inbox_refused_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
