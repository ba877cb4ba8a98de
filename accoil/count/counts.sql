-- Exact counts, whatever any profile scores. Events of ids that are nobody's yet are told without a user, under the
-- account they name themselves. Values: product; user, sent (the id asked for, and the user it belongs to), account,
-- event (ids, or null for any);
-- first, last (days); by_user, by_account, by_event, by_day (what to group by); limit, offset.

-- name: counts
with every as (
    select user_id, account_id, event_id, day, n
    from counts
    where product = :product and (:user is null or user_id = :user)
    union all
    select 0 as user_id, given_id as account_id, event_id, day, n
    from waiting
    where product = :product and kind = 1 and (:sent is null or user_id = :sent)
),
grouped as (
    select case when :by_user then user_id end as user_id,
           case when :by_account then account_id end as account_id,
           case when :by_event then event_id end as event_id,
           case when :by_day then day end as day,
           sum(n) as n
    from every
    where (:account is null or account_id = :account)
      and (:event is null or event_id = :event)
      and day >= :first and day <= :last
    group by 1, 2, 3, 4
),
known as (
    select id, kind, arg_min(name, first_at) as name from name where product = :product group by id, kind
)
select u.name as "user", a.name as account, e.name as event, g.day, cast(g.n as bigint) as count,
       count(*) over () as of_all, cast(sum(g.n) over () as bigint) as total_count
from grouped g
left join known u on u.kind = 1 and u.id = g.user_id
left join known a on a.kind = 2 and a.id = g.account_id
left join known e on e.kind = 3 and e.id = g.event_id
order by u.name nulls first, a.name nulls first, e.name nulls first, g.day
limit :limit offset :offset
