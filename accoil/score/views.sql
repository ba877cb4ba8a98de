-- Who takes up what. Values: product; event_ids with the position of the set each belongs to (null: none), all_positions;
-- first, last, before (days: the range goes from before + 1, the one before it is as long), length, win (days); since,
-- until (days).
-- Places: who (user_id or account_id), bit_of (the narrowest that holds the positions or days). <counts>: whose rows
-- count, as a condition on c; <masks>: rows of the question of that name, of all days or of the last, beside those kept;
-- <reach>: rows of `done`, spread.

-- name: masks
-- What each did in the days from :since to :until: a bit for each set, in the range (now) and in the one before. These are
-- summed apart, so that what was done is put into one of them only.
with sets as (
    select unnest(:event_ids) as event_id, unnest(:positions) as position
),
lately as (
    select c.{who} as id, bit_or({bit_of}(s.position)) as done
    from counts c
    left join sets s on s.event_id = c.event_id
    where c.product = :product and c.day > :before and c.day >= :since and c.day <= :until and <counts>
    group by c.{who}
),
before as (
    select c.{who} as id, bit_or({bit_of}(s.position)) as done
    from counts c
    left join sets s on s.event_id = c.event_id
    where c.product = :product and c.day <= :before and c.day >= :since and c.day <= :until and <counts>
    group by c.{who}
)
select coalesce(n.id, b.id) as id, n.done as now, b.done as earlier,
       n.id is not null as any_now, b.id is not null as any_earlier
from lately n
full join before b on b.id = n.id

-- name: adoption
-- How many did anything of each set in the range and in the one before; position null: anything at all.
with done as (
    select id, bit_or(now) as now, bit_or(earlier) as earlier,
           bool_or(any_now) as any_now, bool_or(any_earlier) as any_earlier
    from (<masks>) as masks
    group by id
)
select p.position,
       cast(count(case when bits_of_both(d.now, {bit_of}(p.position)) <> 0 then 1 end) as bigint) as did,
       cast(count(case when bits_of_both(d.earlier, {bit_of}(p.position)) <> 0 then 1 end) as bigint) as did_before
from (select unnest(:all_positions) as position) as p
cross join done d
group by p.position
union all
select null, count(case when any_now then 1 end), count(case when any_earlier then 1 end) from done

-- name: settled_and_lately
select * from {settled} union all (<masks>)

-- name: adoption_of_many
-- The same where there are more sets than bits.
with sets as (
    select unnest(:event_ids) as event_id, unnest(:positions) as position
),
done as (
    select c.{who} as id, s.position, max(c.day) > :before as now, min(c.day) <= :before as earlier
    from counts c
    left join sets s on s.event_id = c.event_id
    where c.product = :product and c.day > :before - :length and c.day <= :last and <counts>
    group by c.{who}, s.position
)
select position, count(case when now then 1 end) as did, count(case when earlier then 1 end) as did_before
from done
where position is not null
group by position
union all
select null, count(distinct case when now then id end), count(distinct case when earlier then id end) from done

-- name: days
-- How many did anything of each set in the win days up to each day from first to last (offsets: 0, 1, 2 …). Of each set
-- and day of a window a bit; <reach> spreads it over the days in whose windows it lies. Many do the same then: they are
-- counted together before it is told which days those are.
with sets as (
    select unnest(:event_ids) as event_id, unnest(:positions) as position
),
done as (
    select c.{who} as id, s.position, bit_or({bit_of}(c.day - :first + :win - 1)) as days
    from counts c
    join sets s on s.event_id = c.event_id
    where c.product = :product and c.day > :first - :win and c.day <= :last and <counts>
    group by c.{who}, s.position
),
alike as (
    select position, bits_of_both(days, {bit_of}(len(:offsets)) - 1) as days, count(*) as n
    from (<reach>) as reached
    group by 1, 2
)
select a.position, :first + r.later as "day", cast(sum(a.n) as bigint) as n
from alike a
cross join (select unnest(:offsets) as later) as r
where has_bit(a.days, r.later)
group by a.position, r.later

-- name: times_of_days
with sets as (
    select unnest(:event_ids) as event_id, unnest(:positions) as position
)
select s.position, c.day as "day", cast(sum(c.n) as bigint) as n
from counts c
join sets s on s.event_id = c.event_id
where c.product = :product and c.day >= :first and c.day <= :last and <counts>
group by s.position, c.day

-- name: most
-- Those who did something of the set most often.
with sets as (
    select unnest(:event_ids) as event_id
)
select c.{who} as id, cast(sum(c.n) as bigint) as times, max(c.day) as last_day
from counts c
join sets s on s.event_id = c.event_id
where c.product = :product and c.day > :before and c.day <= :last and c.{who} <> 0 and <counts>
group by c.{who}
order by times desc, last_day desc, id
limit :limit
