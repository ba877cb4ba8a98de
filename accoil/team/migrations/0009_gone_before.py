from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0008_receivers'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='gone_before',
            field=models.BigIntegerField(default=0),
        ),
    ]
