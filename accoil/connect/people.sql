-- Who there is of a product, to be matched. Values: product, today (day), ids (null: everyone), accounts (null: of any).
-- Places: people (everyone as of now); asked, now (ids, e-mail addresses and accounts as they were when last asked, as
-- they are).

-- name: users
with latest as (
    select user_id, max(last_at) as last_at from ever where product = :product group by user_id
)
select p.id, p.tracking_id, coalesce(lower(trim(p.email)), '') as email, coalesce(s.account_id, 0) as account_id,
       coalesce(l.last_at, 0) as last_at
from {people} p
left join span s on s.product = :product and s.user_id = p.id and s.from_day <= :today and s.until_day > :today
left join latest l on l.user_id = p.id
where p.kind = 1
  and (:ids is null or p.id in (select unnest(:ids)))
  and (:accounts is null or s.account_id in (select unnest(:accounts)))

-- name: accounts
select p.id, p.tracking_id, p.name, coalesce(d.text, w.text) as domain
from {people} p
left join trait_last d on d.product = :product and d.kind = 2 and d.id = p.id and d.key = 'domain'
left join trait_last w on w.product = :product and w.kind = 2 and w.id = p.id and w.key = 'website'
where p.kind = 2 and (:ids is null or p.id in (select unnest(:ids)))

-- name: asked
select p.id, coalesce(lower(trim(p.email)), '') as email, coalesce(s.account_id, 0) as account_id
from {people} p
left join span s on s.product = :product and s.user_id = p.id and s.from_day <= :today and s.until_day > :today
where p.kind = 1

-- name: new
-- Those who came since, or have another e-mail address or account now: an account is found through its users.
select n.id
from {now} n
left join {asked} a on a.id = n.id
where a.id is null or a.email <> n.email or a.account_id <> n.account_id

-- name: all
select id from {now}
