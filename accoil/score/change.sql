-- Why a score changed from one day to another, in steps. Values: product; id; from_day, to_day; win, events, weights,
-- positions, curve of the definition afterwards; old_win, old_events, old_weights, old_curve of the one before;
-- b_old, b_before, b_after, the benchmarks; of_account, whether it is an account. Places: whose (account_id or
-- user_id), old_counts and counts; old, before and after: who counted then, under which definition (kept tables).

-- name: steps
with old_weights as (
    select unnest(:old_events) as event_id, unnest(:old_weights) as weight
),
weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight
),
once as (
    select c.user_id, {together}(sum(c.n * w.weight)) as raw
    from {old_counts} c
    join old_weights w on w.event_id = c.event_id
    where c.product = :product and c.{whose} = :id and c.day > :from_day - :old_win and c.day <= :from_day
    group by c.user_id
),
points as (
    select c.user_id, c.day, sum(c.n * w.weight) as points
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.{whose} = :id
      and c.day > least(:from_day, :to_day) - :win and c.day <= greatest(:from_day, :to_day)
    group by c.user_id, c.day
),
then_and_now as (
    select user_id,
           {together}(sum(case when day > :from_day - :win and day <= :from_day then points else 0 end)) as raw_before,
           {together}(sum(case when day > :to_day - :win and day <= :to_day then points else 0 end)) as raw_after
    from points
    group by user_id
),
-- Whose account it was on exactly one of the days. Nobody is a member before he was first seen.
belonged as (
    select user_id,
           max(case when from_day <= :from_day and until_day > :from_day then 1 else 0 end) as before,
           max(case when from_day <= :to_day and until_day > :to_day then 1 else 0 end) as after
    from span
    where product = :product and account_id = :id and :of_account
    group by user_id
),
seen as (
    select coalesce(a.user_id, n.id) as user_id, min(n.first_day) as first_day
    from name n
    left join adopted a on a.product = n.product and a.id = n.id
    where n.product = :product and n.kind in (1, 4) and coalesce(a.user_id, n.id) in (select user_id from belonged)
    group by 1
),
moved as (
    select b.user_id,
           case when s.first_day <= :from_day then b.before else 0 end as before,
           case when s.first_day <= :to_day then b.after else 0 end as after
    from belonged b
    join seen s on s.user_id = b.user_id
),
users as (
    select coalesce(t.user_id, o.user_id) as user_id, coalesce(o.raw, 0) as raw_old,
           coalesce(t.raw_before, 0) as raw_before, coalesce(t.raw_after, 0) as raw_after
    from then_and_now t
    full join once o on o.user_id = t.user_id
),
counted as (
    select user_id,
           case when (:all_old or user_id in (select id from {old})) then raw_old else 0 end as raw_old,
           case when (:all_before or user_id in (select id from {before})) then raw_before else 0 end as raw_before,
           case when (:all_after or user_id in (select id from {after})) then raw_after else 0 end as raw_after
    from users
),
each as (
    select c.*, case when m.before <> m.after then c.raw_after else c.raw_before end as raw_moved
    from counted c
    left join moved m on m.user_id = c.user_id
)
select coalesce(rounded(avg(case when raw_old > 0 then score_of(raw_old, :b_old, :old_curve) end)), 0) as s0,
       coalesce(rounded(avg(case when raw_before > 0 then score_of(raw_before, :b_before, :curve) end)), 0) as s1,
       coalesce(rounded(avg(case when raw_moved > 0 then score_of(raw_moved, :b_before, :curve) end)), 0) as s2,
       coalesce(rounded(avg(case when raw_after > 0 then score_of(raw_after, :b_before, :curve) end)), 0) as s3,
       coalesce(rounded(avg(case when raw_after > 0 then score_of(raw_after, :b_after, :curve) end)), 0) as s4,
       coalesce(sum(raw_before), 0) as raw_before, coalesce(sum(raw_after), 0) as raw_after,
       coalesce(sum(case when raw_before > 0 then 1 else 0 end), 0) as active_before,
       coalesce(sum(case when raw_after > 0 then 1 else 0 end), 0) as active_after,
       (select count(*) from moved
        where after > before and (:all_after or user_id in (select id from {after}))) as joined,
       (select count(*) from moved
        where before > after and (:all_before or user_id in (select id from {before}))) as gone
from each

-- name: events
-- Per event, under the definition afterwards: counts then and now; points that count now and did not then, and those
-- that did and do not any more.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
),
did as (
    select w.position, c.n, c.n * w.weight as points,
           c.day > :from_day - :win and c.day <= :from_day and (:all_before or c.user_id in (select id from {before})) as before,
           c.day > :to_day - :win and c.day <= :to_day and (:all_after or c.user_id in (select id from {after})) as after
    from {counts} c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.{whose} = :id
      and c.day > least(:from_day, :to_day) - :win and c.day <= greatest(:from_day, :to_day)
)
select position,
       coalesce(sum(case when before then n end), 0) as count_before,
       coalesce(sum(case when after then n end), 0) as count_after,
       {together}(coalesce(sum(case when after and not before then points end), 0)) as gained,
       {together}(coalesce(sum(case when before and not after then points end), 0)) as aged_out
from did
group by position
having count_before > 0 or count_after > 0
