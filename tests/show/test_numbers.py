"""Every number says on click what it means and what it is made of."""

from tests.show.test_pages import id_of  # noqa: F401
