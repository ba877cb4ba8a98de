-- What one user or account did, in the shape of `counts`, without what ClickHouse has beside. Values: product, id, first, last (days).

-- name: by_user
select product, day, user_id, given_id, account_id, event_id, n, last_at, sent_as
from counts
where product = :product and day >= :first and day <= :last and user_id = :id

-- name: by_account
select product, day, user_id, given_id, account_id, event_id, n, last_at, sent_as
from counts
where product = :product and day >= :first and day <= :last and account_id = :id

-- name: by_people_of_account
-- Everything that those did who did anything for it: a cap on what one user does in a day is one over all accounts.
select product, day, user_id, given_id, account_id, event_id, n, last_at, sent_as
from counts
where product = :product and day >= :first and day <= :last and user_id in (
    select user_id from counts where product = :product and day >= :first and day <= :last and account_id = :id
)
