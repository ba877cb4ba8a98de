"""Deleting a user or an account, everywhere: facts, what is kept beside them, other tools. And what is held of one."""
