"""What tests of days that go share."""

from tests.erase.kept_days import product as product
