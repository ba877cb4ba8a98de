-- Of somebody who is to be deleted.

-- name: adopted
-- The other ids of a user. Values: product, id.
select id from adopted where product = :product and user_id = :id

-- name: known
-- Values: product, kind (1 user, 2 account), ids.
select count(*) as n from name where product = :product and kind = :kind and id in (select unnest(:ids))
