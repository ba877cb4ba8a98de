-- Pages of the book, searched and sorted. Places: parts, users, accounts, order (a column), direction. Ties: by name.

-- name: accounts
select *, count(*) over () as of_all
from {accounts}
where (:search = '' or contains(lower(name), lower(:search)) or contains(lower(tracking_id), lower(:search)))
  and (:ids is null or id in (select unnest(:ids)))
  and (:moved is null or (:moved > 0 and change >= :moved) or (:moved < 0 and change <= :moved))
order by {order} {direction} nulls last, raw {direction}, lower(name), id
limit :limit offset :offset

-- name: users
with companies as (select id as company_id, name as account_name from {accounts})
select u.*, c.account_name, count(*) over () as of_all
from {users} u
left join companies c on c.company_id = u.account_id
where (:search = '' or contains(lower(name), lower(:search)) or contains(lower(tracking_id), lower(:search))
       or contains(lower(coalesce(email, '')), lower(:search)))
  and (:ids is null or id in (select unnest(:ids)))
  and (:moved is null or (:moved > 0 and change >= :moved) or (:moved < 0 and change <= :moved))
  and (:account is null or account_id = :account
       or id in (select user_id from {parts} where account_id = :account and raw > 0))
order by {order} {direction} nulls last, raw {direction}, lower(name), id
limit :limit offset :offset
