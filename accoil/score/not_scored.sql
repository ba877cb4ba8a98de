-- name: users_who_count
-- Whether somebody who counts did something for the account, or joined it, by that day. Place: population.
select exists (
    select 1
    from (
        select user_id from ever where product = :product and account_id = :id and first_day <= :as_of
        union all
        select user_id from membership where product = :product and account_id = :id and day <= :as_of
    ) as its
    where user_id in (select id from {population})
) as yes
