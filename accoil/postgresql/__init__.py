"""PostgreSQL for the application's state, with the manners of SQLite: one meaning of what the rest is written for."""
