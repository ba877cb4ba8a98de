-- Everyone's numbers under one definition as of one day. Definitions of every figure: docs/reference/numbers.md.
-- Values: product, as_of (day), win (window in days), events, weights, positions (0, 1, 2 … of each event), curve,
-- and the benchmarks b_now, b_yesterday, b_last. Places: parts, users, accounts (kept tables).

-- name: parts
-- Points of each user for each account, in the window, in yesterday's, and in the one before.
with weights as (
    select unnest(:events) as event_id, unnest(:weights) as weight, unnest(:positions) as position
),
scored as (
    select c.user_id, c.account_id, c.day, c.n * w.weight as points, bit_of(w.position) as event_bit
    from counts c
    join weights w on w.event_id = c.event_id
    where c.product = :product and c.day > :as_of - 2 * :win and c.day <= :as_of
)
select user_id, account_id,
       cast(sum(case when day > :as_of - :win then points else 0 end) as bigint) as raw,
       cast(sum(case when day >= :as_of - :win and day < :as_of then points else 0 end) as bigint) as raw_yesterday,
       cast(sum(case when day <= :as_of - :win then points else 0 end) as bigint) as raw_last,
       bit_or(case when day > :as_of - :win then bit_of(:as_of - day) end) as days,
       bit_or(case when day > :as_of - :win then event_bit end) as events,
       max(case when day > :as_of - :win then day end) as last_day
from scored
group by user_id, account_id

-- name: benchmarks
with per_user as (
    select sum(raw) as raw, sum(raw_yesterday) as raw_yesterday, sum(raw_last) as raw_last
    from {parts}
    group by user_id
)
select p90(case when raw > 0 then raw end) as b_now,
       p90(case when raw_yesterday > 0 then raw_yesterday end) as b_yesterday,
       p90(case when raw_last > 0 then raw_last end) as b_last
from per_user

-- name: users
with weights as (
    select unnest(:events) as event_id, unnest(:positions) as position
),
done as (
    select user_id, cast(sum(raw) as bigint) as raw, cast(sum(raw_yesterday) as bigint) as raw_yesterday,
           cast(sum(raw_last) as bigint) as raw_last,
           bit_or(days) as days, bit_or(events) as events, max(last_day) as last_day
    from {parts}
    group by user_id
),
lifetime as (
    select e.user_id, bit_or(bit_of(w.position)) as events,
           max(case when e.last_day <= :as_of then e.last_day end) as last_day
    from ever e
    join weights w on w.event_id = e.event_id
    where e.product = :product and e.first_day <= :as_of
    group by e.user_id
),
-- Whoever went on after the day asked for: `ever` knows only their last day, so the days before are looked up.
went_on as (
    select distinct user_id from ever where product = :product and first_day <= :as_of and last_day > :as_of
),
looked_up as (
    select c.user_id, max(case when w.event_id is not null then c.day end) as last_day, max(c.last_at) as last_at
    from counts c
    join went_on o on o.user_id = c.user_id
    left join weights w on w.event_id = c.event_id
    where c.product = :product and c.day <= :as_of
    group by c.user_id
),
seen as (
    select user_id, max(last_at) as last_at from ever where product = :product and last_day <= :as_of group by user_id
),
person as (
    select id, arg_min(name, first_at) as tracking_id, min(first_day) as first_day
    from name
    where product = :product and kind = 1
    group by id
    having min(first_day) <= :as_of
),
told as (
    select id, key, arg_max(value, (sent_at, value <> 'null', value)) as value,
           max(sent_at) as sent_at, arg_max(coalesce(moment_day, -10000000), (sent_at, value <> 'null', value)) as moment_day
    from trait
    where product = :product and kind = 1 and day <= :as_of
      and key in ('name', 'email', 'role', 'createdAt', 'created_at', 'created')
    group by id, key
),
traits as (
    select id,
           max(case when key = 'name' and value <> 'null' then json_text(value) end) as name,
           max(case when key = 'email' and value <> 'null' then json_text(value) end) as email,
           max(case when key = 'role' and value <> 'null' then json_text(value) end) as role,
           coalesce(
               max(case when key = 'createdAt' and moment_day > -10000000 then moment_day end),
               max(case when key = 'created_at' and moment_day > -10000000 then moment_day end),
               max(case when key = 'created' and moment_day > -10000000 then moment_day end)
           ) as created_day
    from told
    group by id
),
in_force as (
    select user_id, account_id
    from span
    where product = :product and from_day <= :as_of and until_day > :as_of
)
select p.id, p.tracking_id, coalesce(t.name, t.email, p.tracking_id) as name, t.email, t.role,
       f.account_id,
       coalesce(d.raw, 0) as raw,
       score_of(d.raw, :b_now, :curve) as score,
       score_of(d.raw_yesterday, :b_yesterday, :curve) as score_yesterday,
       score_of(d.raw_last, :b_last, :curve) as score_last_period,
       score_of(d.raw, :b_now, :curve) - score_of(d.raw_last, :b_last, :curve) as change,
       coalesce(bits_in(d.days), 0) as frequency,
       coalesce(bits_in(d.events), 0) as recently_scored_events,
       coalesce(bits_in(l.events), 0) as overall_scored_events,
       greatest(d.last_day, l.last_day, k.last_day) as last_day,
       greatest(s.last_at, k.last_at) as last_at,
       p.first_day,
       t.created_day,
       coalesce(t.created_day, p.first_day) as created_on,
       greatest(0, :as_of - coalesce(t.created_day, p.first_day)) as tenure
from person p
left join done d on d.user_id = p.id
left join lifetime l on l.user_id = p.id
left join looked_up k on k.user_id = p.id
left join seen s on s.user_id = p.id
left join traits t on t.id = p.id
left join in_force f on f.user_id = p.id

-- name: accounts
with weights as (
    select unnest(:events) as event_id, unnest(:positions) as position
),
parts as (
    select *, score_of(raw, :b_now, :curve) as score,
           score_of(raw_yesterday, :b_yesterday, :curve) as score_yesterday,
           score_of(raw_last, :b_last, :curve) as score_last
    from {parts}
    where account_id <> 0
),
done as (
    select account_id, cast(sum(raw) as bigint) as raw,
           rounded(avg(case when raw > 0 then score end)) as score,
           rounded(avg(case when raw_yesterday > 0 then score_yesterday end)) as score_yesterday,
           rounded(avg(case when raw_last > 0 then score_last end)) as score_last,
           cast(sum(score) as bigint) as total_score,
           cast(sum(case when raw > 0 then 1 else 0 end) as integer) as active_users,
           bit_or(days) as days, bit_or(events) as events, max(last_day) as last_day
    from parts
    group by account_id
),
lifetime as (
    select e.account_id, bit_or(bit_of(w.position)) as events,
           max(case when e.last_day <= :as_of then e.last_day end) as last_day
    from ever e
    join weights w on w.event_id = e.event_id
    where e.product = :product and e.first_day <= :as_of and e.account_id <> 0
    group by e.account_id
),
-- One row per user and account with an event by this day; `sure` where `ever` alone tells that one lies in the last 90.
pair as (
    select user_id, account_id, max(case when last_day <= :as_of then last_at end) as last_at,
           max(case when (last_day > :as_of - 90 and last_day <= :as_of) or first_day > :as_of - 90 then 1 else 0 end) as sure,
           max(case when last_day > :as_of then 1 else 0 end) as went_on
    from ever
    where product = :product and account_id <> 0 and first_day <= :as_of
    group by user_id, account_id
),
looked_up as (
    select c.user_id, c.account_id, max(c.last_at) as last_at, max(c.day) as any_day,
           max(case when w.event_id is not null then c.day end) as last_day
    from counts c
    join pair o on o.user_id = c.user_id and o.account_id = c.account_id and o.went_on = 1
    left join weights w on w.event_id = c.event_id
    where c.product = :product and c.day <= :as_of
    group by c.user_id, c.account_id
),
people as (
    select p.account_id,
           cast(sum(case when p.sure = 1 or k.any_day > :as_of - 90 then 1 else 0 end) as integer) as total_users,
           max(greatest(p.last_at, k.last_at)) as last_at, max(k.last_day) as last_day
    from pair p
    left join looked_up k on k.user_id = p.user_id and k.account_id = p.account_id
    group by p.account_id
),
belongs as (
    select user_id, account_id from pair
    union
    select user_id, account_id from membership where product = :product and day <= :as_of
),
earliest as (
    select b.account_id, min(u.created_day) as created_day
    from belongs b
    join {users} u on u.id = b.user_id
    group by b.account_id
),
company as (
    select id, arg_min(name, first_at) as tracking_id, min(first_day) as first_day
    from name
    where product = :product and kind = 2
    group by id
),
told as (
    select id, key, arg_max(value, (sent_at, value <> 'null', value)) as value,
           arg_max(coalesce(number, 'nan'), (sent_at, value <> 'null', value)) as number,
           arg_max(coalesce(moment_day, -10000000), (sent_at, value <> 'null', value)) as moment_day
    from trait
    where product = :product and kind = 2 and day <= :as_of
      and key in ('name', 'status', 'plan', 'mrr', 'createdAt', 'created_at', 'created')
    group by id, key
),
traits as (
    select id,
           max(case when key = 'name' and value <> 'null' then json_text(value) end) as name,
           max(case when key = 'status' and value <> 'null' then json_text(value) end) as status,
           max(case when key = 'plan' and value <> 'null' then json_text(value) end) as plan,
           max(case when key = 'mrr' and not isnan(number) then number end) as mrr,
           coalesce(
               max(case when key = 'createdAt' and moment_day > -10000000 then moment_day end),
               max(case when key = 'created_at' and moment_day > -10000000 then moment_day end),
               max(case when key = 'created' and moment_day > -10000000 then moment_day end)
           ) as created_day
    from told
    group by id
)
select c.id, c.tracking_id, coalesce(t.name, c.tracking_id) as name, t.status, t.plan, t.mrr,
       coalesce(d.raw, 0) as raw,
       coalesce(d.score, 0) as score,
       coalesce(d.score_yesterday, 0) as score_yesterday,
       coalesce(d.score_last, 0) as score_last_period,
       coalesce(d.score, 0) - coalesce(d.score_last, 0) as change,
       coalesce(d.total_score, 0) as total_score,
       coalesce(d.active_users, 0) as active_users,
       coalesce(p.total_users, 0) as total_users,
       case when coalesce(p.total_users, 0) = 0 then 0.0 else coalesce(d.active_users, 0) / cast(p.total_users as double) end
           as active_percent,
       coalesce(bits_in(d.days), 0) as frequency,
       coalesce(bits_in(d.events), 0) as recently_scored_events,
       coalesce(bits_in(l.events), 0) as overall_scored_events,
       greatest(d.last_day, l.last_day, p.last_day) as last_day,
       p.last_at,
       c.first_day,
       coalesce(t.created_day, e.created_day, c.first_day) as created_on,
       greatest(0, :as_of - coalesce(t.created_day, e.created_day, c.first_day)) as tenure
from company c
join (select distinct account_id from belongs) as b on b.account_id = c.id
left join done d on d.account_id = c.id
left join people p on p.account_id = c.id
left join lifetime l on l.account_id = c.id
left join earliest e on e.account_id = c.id
left join traits t on t.id = c.id

-- name: summary
select
    (select count(*) from {users}) as users,
    (select count(*) from {accounts}) as accounts,
    (select count(*) from {users} where raw > 0) as active_users,
    (select count(*) from {accounts} where active_users > 0) as active_accounts,
    (select avg(score) from {users} where raw > 0) as average_user_score,
    (select avg(score) from {accounts} where active_users > 0) as average_account_score,
    (select avg(active_percent) from {accounts} where total_users > 0) as average_active_percent

-- name: bands
select who, case when score >= 75 then 'most' when score >= 50 then 'slightly' when score >= 25 then 'passive'
                 else 'least' end as band, count(*) as n
from (select 'users' as who, score from {users} union all select 'accounts' as who, score from {accounts}) as everyone
group by 1, 2
