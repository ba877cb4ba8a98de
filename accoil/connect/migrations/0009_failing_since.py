from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connect', '0008_muted'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='failing_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
