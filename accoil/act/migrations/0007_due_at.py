import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('act', '0006_feed_quiet_on'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
