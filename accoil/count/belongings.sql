-- What is held of one user or account. Values: product, kind (1 user, 2 account), id, of_account.

-- name: told
-- What was told of traits, day by day. Values: product, kind, id.
select day, key, value from trait where product = :product and kind = :kind and id = :id order by day, key, sent_at

-- name: memberships
-- Values: product, id, of_account.
select m.day, m.user_id as "user", m.account_id as account
from membership m
where m.product = :product and ((:of_account and m.account_id = :id) or (not :of_account and m.user_id = :id))
order by m.sent_at, m.user_id, m.account_id

-- name: counts
-- How often each event happened, day by day. Values: product, id, of_account.
select c.day, n.name as event, cast(sum(c.n) as bigint) as count
from counts c
join (select id, arg_min(name, first_at) as name from name where product = :product and kind = 3 group by id) as n
  on n.id = c.event_id
where c.product = :product and ((:of_account and c.account_id = :id) or (not :of_account and c.user_id = :id))
group by c.day, n.name
order by c.day, n.name
