-- Questions of the mailbox. They are ClickHouse's own: nothing else has one.

-- name: last
with (select max(number) from taken where receiver = {receiver:String}) as last_taken
select ifNull(last_taken, 0) as taken, max(number) as there, uniqExactIf(number, number > ifNull(last_taken, 0)) as lying
from block where receiver = {receiver:String}

-- name: next
-- Of each receiver the first ones, so that none waits for another and none is met before the one that it follows.
select receiver, number, any(before) as before, any(calls) as calls from block
where number > transform(receiver, {receivers:Array(String)}, {numbers:Array(Int64)}, toInt64(0))
group by receiver, number
order by row_number() over (partition by receiver order by number), receiver
limit {most:Int64}

-- name: facts
select receiver, number, before, calls, facts from block
where receiver in ({receivers:Array(String)}) and number in ({numbers:Array(Int64)})
order by receiver, number limit 1 by receiver, number

-- name: taken
select receiver, max(number) as number from taken group by receiver

-- name: sweep
alter table block
delete where number <= transform(receiver, {receivers:Array(String)}, {numbers:Array(Int64)}, toInt64(0))

-- name: taken_there
select count() as lying from block
where number <= transform(receiver, {receivers:Array(String)}, {numbers:Array(Int64)}, toInt64(0))
