import django.db.models.deletion
from django.db import migrations, models

import accoil.team.encrypted


class Migration(migrations.Migration):

    dependencies = [
        ('erase', '0003_retention'),
        ('team', '0009_gone_before'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suppressionkey',
            name='secret',
            field=accoil.team.encrypted.EncryptedField(blank=True),
        ),
        migrations.CreateModel(
            name='OtherKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', accoil.team.encrypted.EncryptedField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_suppression_keys', to='team.product')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
    ]
