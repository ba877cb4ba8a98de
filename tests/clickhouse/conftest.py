"""What tests of the mailbox share."""

from tests.clickhouse.mailed import way as way
