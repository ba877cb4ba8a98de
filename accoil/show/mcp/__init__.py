"""The read API's questions for assistants: what `accoil mcp` says on standard input and output."""
