-- What each condition means: sets of ids of those for whom it holds. `to_sql.py` puts these together, with values bound.
-- In angle brackets: <who> (user_id or account_id), <counted> (which rows of others count for an account), <events>,
-- <created>, <compare> (on columns of the row), names of bound values.
-- Values: product, as_of (day), win (days), events (ids of the scored events). Places: people (everyone as of the day),
-- told (the last row of each trait by that day), population (id, account_id in force), users, accounts (the book's).

-- name: trait
select id from {told} where product = :product and kind = <kind> and key = <key> and <compare>

-- name: trait_spelled
select id
from (
    select id, text, number, moment_day,
           row_number() over (partition by id order by <place>) as place
    from {told}
    where product = :product and kind = <kind> and key in (<keys>) and text is not null
) as spelled
where place = 1 and <compare>

-- name: users_of
select id from {population} where account_id in (<accounts>)

-- name: accounts_of
select account_id from {population} where account_id <> 0 and id in (<users>)

-- name: accounts_of_others
select account_id from {population} where account_id <> 0 and id not in (<users>)

-- name: of_population
 and account_id <> 0 and user_id in (select id from {population})

-- name: named
(select id from name where product = :product and kind = 3 and name in (<names>))

-- name: ever
select <who> from ever where product = :product and event_id in <events> and first_day <= :as_of<counted>

-- name: often
-- All there ever was, less what came after the day; as of today that is nothing, and no counts are read.
select <who>
from (
    select user_id, account_id, n
    from ever
    where product = :product and event_id in <events>
    union all
    select user_id, account_id, -n as n
    from counts
    where product = :product and event_id in <events> and day > :as_of
) as done
where true<counted>
group by <who>
having sum(n) >= <least>

-- name: lately
select <who>
from counts
where product = :product and event_id in <events> and day > :as_of - <days> and day <= :as_of<counted>
group by <who>
having sum(n) >= <least>

-- name: in_long_span
-- Where the first or the last time lies in the span, nothing needs to be counted; the others are looked up.
select <who>
from ever
where product = :product and event_id in <events><counted>
  and ((last_day > :as_of - <days> and last_day <= :as_of) or (first_day > :as_of - <days> and first_day <= :as_of))
union all
select <who>
from counts
where product = :product and event_id in <events> and day > :as_of - <days> and day <= :as_of<counted>
  and (user_id, account_id, event_id) in (
      select user_id, account_id, event_id
      from ever
      where product = :product and event_id in <events> and first_day <= :as_of - <days> and last_day > :as_of)

-- name: after_created
select <who>
from ever
join <created> as born on born.born_id = <who>
where product = :product and event_id in <events> and first_day <= :as_of and first_day - born.created_on < <days><counted>

-- name: often_after_created
select <who>
from counts
join <created> as born on born.born_id = <who>
where product = :product and event_id in <events> and day <= :as_of and day - born.created_on < <days><counted>
group by <who>
having sum(n) >= <least>

-- name: created_users
(select id as born_id, coalesce(created_day, first_day) as created_on from {people} where kind = 1)

-- name: created_accounts
-- The account's own created-at, else the earliest of its users', else the day first seen.
(
    select c.id as born_id, coalesce(c.created_day, m.created_day, c.first_day) as created_on
    from {people} as c
    left join (
        select b.account_id, min(u.created_day) as created_day
        from (
            select user_id, account_id from ever where product = :product and account_id <> 0 and first_day <= :as_of
            union
            select user_id, account_id from membership where product = :product and day <= :as_of
        ) as b
        join {people} as u on u.kind = 1 and u.id = b.user_id
        where u.created_day is not null and b.user_id in (select id from {population})
        group by b.account_id
    ) as m on m.account_id = c.id
    where c.kind = 2
)

-- name: created_in_book
(select id as born_id, created_on from {<table>})

-- name: created
select born_id from <created> as born where <compare>

-- name: frequency
select <who>
from counts
where product = :product and event_id in (select unnest(:events)) and day > :as_of - :win and day <= :as_of<counted>
group by <who>
having <compare>

-- name: days_done
bits_in(bit_or(wide_bit_of(:as_of - day)))

-- name: mrr
select id from {people} where kind = 2 and <compare>

-- name: figure
select x.id from {<table>} as x where <compare>

-- name: change
select now.id
from {<table>} as now
left join {<table>_back_<days>} as before on before.id = now.id
where <compare>
