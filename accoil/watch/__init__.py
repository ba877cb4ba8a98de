"""How well events come in: what the server writes down about it, and whom it tells. Beside the stream, not of it."""
