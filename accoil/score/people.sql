-- Who there is, and how they are shown, as of a day. Independent of any definition, so every book of a day shares it.
-- Values: product, as_of (day); of accounts the traits for the name, created-at (null: the usual spellings) and owner
-- (null: none): name_trait, created_trait, owner_trait. Places: told (the last row of each trait by that day), known,
-- people (of the last of all days), otherwise (those of whom something else was told by the day asked for),
-- people_otherwise; shown (how users are shown).

-- name: told_later
-- Whether anything was told after that day: then the last row of a trait may be one of those. `keys`: of these; null for all.
select count(*) > 0 as yes
from trait_last
where product = :product and day > :as_of and (:keys is null or key in (select unnest(:keys)))

-- name: later
-- The same, and whether anyone was seen first after that day.
select (select count(*) from trait_last where product = :product and day > :as_of) > 0 as told,
       (select count(*) from {people} where kind = 1 and first_day > :as_of) > 0 as seen

-- name: told
-- The last row of each trait is the last by that day too, where it is not later; the others are looked for. `keys`: only
-- of these; null for all.
select product, kind, id, key, day, text, number, moment_day
from trait_last
where product = :product and day <= :as_of and (:keys is null or key in (select unnest(:keys)))
union all
select product, kind, id, key, day, text, number, moment_day
from (
    select *, row_number() over (
        partition by kind, id, key order by sent_at desc, value <> 'null' desc, value desc
    ) as place
    from trait
    where product = :product and day <= :as_of and (:keys is null or key in (select unnest(:keys)))
      and (kind, id, key) in (select kind, id, key from trait_last where product = :product and day > :as_of)
) as ranked
where place = 1

-- name: told_before
-- The same of those of whom something else was told.
select product, kind, id, key, day, text, number, moment_day
from (
    select *, row_number() over (
        partition by kind, id, key order by sent_at desc, value <> 'null' desc, value desc
    ) as place
    from trait
    where product = :product and day <= :as_of and (kind, id) in (select kind, id from {otherwise})
) as ranked
where place = 1

-- name: told_otherwise
-- Those of whom something else was told by that day than now.
select distinct kind, id from trait_last where product = :product and day > :as_of

-- name: known
-- Everyone there is, with the day first seen.
with named as (
    select kind, id, arg_min(name, first_at) as tracking_id, min(first_day) as first_day
    from name
    where product = :product and kind in (1, 2)
      and (kind = 2 or id not in (select id from adopted where product = :product))
    group by kind, id
),
others as (
    -- The first day on which a user's other ids were seen.
    select coalesce(a.user_id, n.id) as id, min(n.first_day) as first_day
    from name n
    left join adopted a on a.product = n.product and a.id = n.id
    where n.product = :product and (n.kind = 4 or (n.kind = 1 and a.id is not null))
    group by 1
),
everyone as (
    select k.kind, k.id, k.tracking_id,
           case when o.first_day < k.first_day then o.first_day else k.first_day end as first_day
    from named k
    left join others o on k.kind = 1 and o.id = k.id
)
select kind, id, tracking_id, first_day from everyone

-- name: known_otherwise
select kind, id, tracking_id, first_day from {people} where (kind, id) in (select kind, id from {otherwise})

-- name: people
with accounts as (
    select id,
           max(case when key = :name_trait then text end) as name,
           max(case when key = 'email' then text end) as email,
           max(case when key = 'role' then text end) as role,
           max(case when key = 'status' then text end) as status,
           max(case when key = 'plan' then text end) as plan,
           max(case when key = 'mrr' then number end) as mrr,
           max(case when key = :owner_trait then text end) as owner,
           case when :created_trait is not null then max(case when key = :created_trait then moment_day end)
               else coalesce(
                   max(case when key = 'createdAt' then moment_day end),
                   max(case when key = 'created_at' then moment_day end),
                   max(case when key = 'created' then moment_day end)
               )
           end as created_day
    from {told}
    where product = :product and kind = 2
    group by id
)
select k.kind, k.id, k.tracking_id, k.first_day, coalesce(s.name, s.email, k.tracking_id) as name,
       s.email, s.role, null as status, null as plan, null as mrr, null as owner, s.created_day
from {known} k
left join {shown} s on s.product = :product and s.id = k.id
where k.kind = 1 and k.first_day <= :as_of
union all
select k.kind, k.id, k.tracking_id, k.first_day, coalesce(a.name, k.tracking_id),
       a.email, a.role, a.status, a.plan, a.mrr, a.owner, a.created_day
from {known} k
left join accounts a on a.id = k.id
where k.kind = 2

-- name: people_then
-- Most are as they are now.
select * from {people} where (kind = 2 or first_day <= :as_of) and (kind, id) not in (select kind, id from {otherwise})
union all
select * from {people_otherwise}
