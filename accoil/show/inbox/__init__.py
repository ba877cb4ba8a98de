"""The widget in Intercom's inbox: what a teammate there sees beside a conversation."""
