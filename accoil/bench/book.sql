-- What a book leaves behind that was never received.

-- name: forget_messages
delete from message
