-- E-mail addresses and who has them. Values: products, emails (in small letters), ids. Places: addresses.

-- name: addresses
select t.product, coalesce(a.user_id, t.id) as id, t.id as told_of, lower(t.text) as email, hash_of(lower(t.text)) as hashed
from trait_last t
left join adopted a on a.product = t.product and a.id = t.id
where t.kind = 1 and t.key = 'email'

-- name: known
-- By their hashes alone: the few with the hash of another are told apart where they are read.
select product, id, told_of, email
from {addresses}
where hashed in (select hash_of(unnest(:emails))) and product in (select unnest(:products))

-- name: still
-- Of those who had one of these addresses those who still do.
select id as told_of, lower(text) as email
from trait_last
where kind = 1 and key = 'email' and id in (select unnest(:ids)) and lower(text) in (select unnest(:emails))

-- name: anybody
select t.product, coalesce(a.user_id, t.id) as id, lower(t.text) as email
from trait_last t
left join adopted a on a.product = t.product and a.id = t.id
where t.kind = 1 and t.key = 'email' and t.product in (select unnest(:products))
  and lower(t.text) in (select unnest(:emails))
