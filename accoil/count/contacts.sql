-- Somebody who is known to another tool, looked for among the users of some products, many at once; and what they did
-- last. Values: products, product, ids (ours), users (ours).

-- name: by_id
select distinct n.product, n.id as asked, coalesce(a.user_id, n.id) as id
from name n
left join adopted a on a.product = n.product and a.id = n.id
where n.kind = 1 and n.product in (select unnest(:products)) and n.id in (select unnest(:ids))

-- name: did
-- A few dozen rows each, put in order where they are read: ranking them here took three times as long as finding them.
select user_id, event_id, account_id, last_at
from ever
where product = :product and user_id in (select unnest(:users))

-- name: events
select id, arg_min(name, first_at) as name
from name
where product = :product and kind = 3 and id in (select unnest(:ids))
group by id
