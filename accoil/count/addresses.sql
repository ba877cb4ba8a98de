-- E-mail addresses and who has them. Values: products, emails (in small letters). Places: addresses.

-- name: addresses
select s.product, coalesce(a.user_id, s.id) as id, lower(s.email) as email,
       hash_of(lower(s.email)) as hashed
from shown s
left join adopted a on a.product = s.product and a.id = s.id
where s.email is not null

-- name: known
-- By their hashes alone: the few with the hash of another are told apart where they are read.
select product, id, email
from {addresses}
where hashed in (select hash_of(unnest(:emails))) and product in (select unnest(:products))

-- name: anybody
select s.product, coalesce(a.user_id, s.id) as id, lower(s.email) as email
from shown s
left join adopted a on a.product = s.product and a.id = s.id
where s.product in (select unnest(:products)) and lower(s.email) in (select unnest(:emails))
