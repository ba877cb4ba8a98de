-- Who and what is known, beside any score. Values: product, kind (1 user, 2 account), id, ids, first, last, as_of (days);
-- name_trait, created_trait (null: the usual spellings): of accounts. Places: whose (user_id or account_id), counts.

-- name: names
select n.id, arg_min(n.name, n.first_at) as tracking_id
from name n
where n.product = :product and n.kind = :kind and n.id in (select unnest(:ids))
group by n.id

-- name: traits
-- The value of each trait at the end of a day (null: the latest); unset ones are left out.
select id, key, value
from (
    select id, key, arg_max(value, (sent_at, value <> 'null', value)) as value
    from trait
    where product = :product and kind = :kind and id in (select unnest(:ids)) and (:as_of is null or day <= :as_of)
    group by id, key
) as latest
where value <> 'null'
order by id, key

-- name: adopters
-- Whose these ids are, where they are somebody else's.
with theirs as (select id, user_id from adopted where product = :product and id in (select unnest(:ids)))
select t.id, n.name as "user"
from theirs t
join (
    select id, arg_min(name, first_at) as name
    from name
    where product = :product and kind = 1 and id in (select user_id from theirs)
    group by id
) as n on n.id = t.user_id

-- name: account_of_users
-- The account that each user's events of a day count for; those without one are left out.
with belongs as (
    select user_id, account_id
    from span
    where product = :product and from_day <= :day and until_day > :day and user_id in (select unnest(:ids))
)
select b.user_id, n.name as account
from belongs b
join (
    select id, arg_min(name, first_at) as name
    from name
    where product = :product and kind = 2 and id in (select account_id from belongs)
    group by id
) as n on n.id = b.account_id

-- name: events_of
with did as (
    select event_id, cast(sum(n) as bigint) as count, cast(count(distinct day) as integer) as days, max(day) as last_day
    from {counts}
    where product = :product and {whose} = :id and day >= :first and day <= :last
    group by event_id
)
select n.event, d.count, d.days, d.last_day
from did d
join (select id, arg_min(name, first_at) as event from name where product = :product and kind = 3 group by id) as n
  on n.id = d.event_id
order by count desc, event

-- name: known_events
with events as (
    select id, arg_min(name, first_at) as event, min(first_day) as first_day
    from name
    where product = :product and kind = 3
    group by id
),
lately as (
    select event_id, cast(sum(n) as bigint) as count_30d, count(distinct user_id) as users_30d,
           count(distinct case when account_id <> 0 then account_id end) as accounts_30d
    from counts
    where product = :product and day > :as_of - 30 and day <= :as_of
    group by event_id
),
last_times as (
    select event_id, max(last_day) as last_day from ever where product = :product group by event_id
)
select e.event, coalesce(l.count_30d, 0) as count_30d, coalesce(l.users_30d, 0) as users_30d,
       coalesce(l.accounts_30d, 0) as accounts_30d, e.first_day, t.last_day
from events e
left join lately l on l.event_id = e.id
left join last_times t on t.event_id = e.id
order by count_30d desc, e.event

-- name: accounts_told
-- What is known of accounts, and how MRR (cents a month) looks where somebody pays.
with accounts as (select distinct id from name where product = :product and kind = 2),
told as (select id, key, number from trait_last where product = :product and kind = 2),
paying as (select number from told where key = 'mrr' and number > 0)
select
    (select count(*) from accounts) as accounts,
    (select count(*) from accounts where id not in (select id from told where key = :name_trait)) as without_name,
    (select count(*) from accounts where id not in (
        select id from told
        where (:created_trait is null and key in ('created_at', 'createdAt', 'created')) or key = :created_trait
    )) as without_created_at,
    (select count(*) from accounts where id not in (select id from told where key = 'mrr')) as without_mrr,
    (select count(*) from paying) as paying,
    (select middle(number) from paying) as median_mrr,
    (select count(*) from paying where number % 100 = 0) as whole_hundreds

-- name: how_many_names
select (select count(distinct id) from name where product = :product and kind = 3) as events,
       (select count(distinct key) from trait_last where product = :product and kind = 1) as user_traits,
       (select count(distinct key) from trait_last where product = :product and kind = 2) as account_traits

-- name: all_names
select distinct name from name where :what = 'events' and product = :product and kind = 3
union all
select distinct key from trait_last where :what = 'user_traits' and product = :product and kind = 1
union all
select distinct key from trait_last where :what = 'account_traits' and product = :product and kind = 2

-- name: event_days
-- How many people did each event on each day from `first` on.
select n.event, c.day, count(distinct c.user_id) as n
from counts c
join (select id, arg_min(name, first_at) as event from name where product = :product and kind = 3 group by id) as n
  on n.id = c.event_id
where c.product = :product and c.day >= :first
group by n.event, c.day

-- name: health
-- Who never named an account is looked for among those without a membership alone: they are few, all events are many.
with users as (
    select distinct id
    from name
    where product = :product and kind = 1 and id not in (select id from adopted where product = :product)
),
accounts as (select distinct id from name where product = :product and kind = 2),
every as (
    select n, last_at from ever where product = :product
    union all
    select n, last_at from waiting where product = :product and kind = 1
),
loose as (select id from users where id not in (select user_id from span where product = :product))
select
    (select coalesce(cast(sum(n) as bigint), 0) from every) as events,
    (select count(*) from users) as users,
    (select count(*) from accounts) as accounts,
    (select count(*) from loose where id not in (
        select user_id from ever
        where product = :product and account_id <> 0 and user_id in (select id from loose))) as users_without_account,
    (select count(*) from accounts where id not in (
        select id from trait where product = :product and kind = 2 and key = :name_trait)) as accounts_without_name,
    (select min(first_at) from name where product = :product and kind = 3) as first_event_at,
    (select max(last_at) from every) as last_event_at

-- name: known_traits
-- Of whom each trait is set, and how its values can be read.
select key, count(*) as n, count(number) as n_number, count(moment_day) as n_moment, count(text) as n_text,
       arg_max(text, (day, text)) as example
from trait_last
where product = :product and kind = :kind and value <> 'null'
group by key
order by n desc, key

-- name: exists
select count(*) as n
from name
where product = :product and kind = :kind and id = :id
  and (kind <> 1 or id not in (select id from adopted where product = :product))

-- name: whose
-- The user an id belongs to.
select user_id from adopted where product = :product and id = :id

-- name: called
-- Whose id or latest name or e-mail address holds a text, in small or large letters. Values: keys (traits that name them),
-- text, most.
select id from (
    select id from name
    where product = :product and kind = :kind and contains(lower(name), lower(:text))
    union
    select id from (
        select id, key, arg_max(value, (sent_at, value <> 'null', value)) as value
        from trait
        where product = :product and kind = :kind and key in (select unnest(:keys))
        group by id, key
    ) as latest
    where contains(lower(value), lower(:text))
) as found
order by id
limit :most
