-- How far one user, or one account, is with each step. Values: product, as_of, id; of each step its events (<events>), how
-- often (<least>). Places: population, people; who (user_id or account_id), done. In angle brackets also <bits>, <whose>
-- (the id), <created>, <soon>, <counted>.

-- name: met
select <bits> as steps_met from (select cast(:id as bigint) as id) as x

-- name: account_of
select account_id from {population} where id = :id

-- name: done
-- What it did of what the steps ask for, day by day.
select event_id, user_id, account_id, day, sum(n) as n
from counts
where product = :product and {who} = :whose and day <= :as_of and event_id in (select unnest(:events))<counted>
group by event_id, user_id, account_id, day

-- name: so_far
select cast(coalesce(sum(n), 0) as bigint) as count, min(case when running >= <least> then day end) as day
from (
    select day, sum(n) as n, sum(sum(n)) over (order by day) as running
    from {done}
    <created>
    where event_id in (select unnest(<events>))<soon>
    group by day
) as days
