"""The rule editor: rows of conditions as somebody is writing them, what can stand in them, and what they make."""
