-- Somebody who is known to another tool, looked for among the users of some products, many at once. Values: products, ids
-- (ours), emails (in small letters), product, users (ours), most.

-- name: by_email
select distinct t.product, coalesce(a.user_id, t.id) as id, lower(trim(t.text)) as email
from trait_last t
left join adopted a on a.product = t.product and a.id = t.id
where t.kind = 1 and t.key = 'email' and t.product in (select unnest(:products))
  and lower(trim(t.text)) in (select unnest(:emails))

-- name: by_id
select distinct n.product, n.id as asked, coalesce(a.user_id, n.id) as id
from name n
left join adopted a on a.product = n.product and a.id = n.id
where n.kind = 1 and n.product in (select unnest(:products)) and n.id in (select unnest(:ids))

-- name: done
-- What each of these users did last: events, each once, with when they did it last.
with events as (
    select user_id, event_id, max(last_at) as last_at
    from ever
    where product = :product and user_id in (select unnest(:users))
    group by user_id, event_id
),
ranked as (
    select user_id, event_id, last_at,
           row_number() over (partition by user_id order by last_at desc, event_id) as place
    from events
)
select r.user_id, n.name as event, r.last_at
from ranked r
join (
    select id, arg_min(name, first_at) as name from name where product = :product and kind = 3 group by id
) as n on n.id = r.event_id
where r.place <= :most
order by r.user_id, r.place

-- name: worked_for
select user_id, account_id, max(last_at) as last_at
from ever
where product = :product and account_id <> 0 and user_id in (select unnest(:users))
group by user_id, account_id
order by user_id, last_at desc, account_id
