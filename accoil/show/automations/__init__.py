"""The editor and the pages of automations: what is typed, what can be chosen, and what is said about it."""
