-- Of somebody who is to be deleted.

-- name: adopted
-- The other ids of a user. Values: product, id.
select id from adopted where product = :product and user_id = :id
