from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0010_audit_product'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='first_days',
            field=models.PositiveIntegerField(default=12),
        ),
    ]
