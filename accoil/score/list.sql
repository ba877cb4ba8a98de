-- Pages of the book, searched and sorted. Places: parts, users, accounts, order (a column), direction. <holds>: a rule, as
-- a condition on x. Ties: by name.

-- name: accounts
select x.*, count(*) over () as of_all
from {accounts} as x
where (:search = '' or contains(lower(name), lower(:search)) or contains(lower(tracking_id), lower(:search)))
  and (:ids is null or id in (select unnest(:ids)))
  and (:moved is null or (:moved > 0 and change >= :moved) or (:moved < 0 and change <= :moved))
  and <holds>
order by {order} {direction} nulls last, raw {direction}, lower(name), id
limit :limit offset :offset

-- name: users
-- Who stands on the page is found by what they are sorted by alone: whole rows of everybody took twice as long.
with companies as (select id as company_id, name as account_name from {accounts}),
found as (
    select x.id as found_id, {order} as sorted_by, raw as found_raw, lower(name) as by_name
    from {users} as x
    left join companies c on c.company_id = x.account_id
    where (:search = '' or contains(lower(name), lower(:search)) or contains(lower(tracking_id), lower(:search))
           or contains(lower(coalesce(email, '')), lower(:search)))
      and (:ids is null or id in (select unnest(:ids)))
      and (:moved is null or (:moved > 0 and change >= :moved) or (:moved < 0 and change <= :moved))
      and (:account is null or account_id = :account
           or id in (select user_id from {parts} where account_id = :account and raw > 0))
      and <holds>
),
page as (
    select *
    from found
    order by sorted_by {direction} nulls last, found_raw {direction}, by_name, found_id
    limit :limit offset :offset
)
select x.*, c.account_name, (select count(*) from found) as of_all
from page as p
join {users} as x on x.id = p.found_id
left join companies c on c.company_id = x.account_id
order by p.sorted_by {direction} nulls last, p.found_raw {direction}, p.by_name, p.found_id

-- name: those
-- Rows as they stand. Place: who (users or accounts).
select * from {who} where id in (select unnest(:ids))

-- name: matching_account
select x.id from {accounts} as x where <holds> order by x.id

-- name: matching_user
select x.id from {users} as x where <holds> order by x.id

-- name: moved_account
-- Who moved by at least so many points, and what those pay who fell. Values: least, dear (cents).
select count(case when change >= :least then 1 end) as rose, count(case when change <= -:least then 1 end) as fell,
       coalesce(sum(case when change <= -:least then mrr end), 0) as mrr,
       count(case when change <= -:least and mrr > :dear then 1 end) as dear
from {accounts}

-- name: moved_user
select count(case when change >= :least then 1 end) as rose, count(case when change <= -:least then 1 end) as fell
from {users}
