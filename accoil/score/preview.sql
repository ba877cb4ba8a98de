-- What a draft would make of the book, fast enough to be asked while a slider moves.

-- name: sums
-- Everything that any weights could need: how often each user did each event for each account in the window.
select user_id, account_id, event_id, cast(sum(n) as bigint) as n
from counts
where product = :product and day > :as_of - :win and day <= :as_of
group by user_id, account_id, event_id

-- name: scores
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
raws as (
    select s.user_id, s.account_id, sum(s.n * w.weight) as raw
    from {sums} s
    join weights w on w.event_id = s.event_id
    group by s.user_id, s.account_id
),
users as (
    select user_id, sum(raw) as raw from raws group by user_id
),
benchmark as (
    select coalesce(cast(:fixed as double), p90(raw)) as b from users
)
select r.account_id as id, rounded(avg(score_of(r.raw, b.b, :curve))) as score, min(b.b) as benchmark
from benchmark b  -- first, so that it is told even where nobody active has an account
left join raws r on r.account_id <> 0
group by r.account_id

-- name: accounts
select count(distinct account_id) as n
from (
    select account_id from ever where product = :product and account_id <> 0 and first_day <= :as_of
    union
    select account_id from membership where product = :product and day <= :as_of
) as known
