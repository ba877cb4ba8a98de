"""Published browser clients on a customer's page: their settings come from our server, and nothing goes elsewhere."""
