-- How users are shown: their usual traits side by side, which everybody who looks at them needs.

-- name: told_anew
create or replace temp table shown_anew as select distinct product, id from told_anew where kind = 1

-- name: told_again
create or replace temp table shown_anew as select product, id from told_again

-- name: forget
delete from shown where (product, id) in (select product, id from shown_anew)

-- name: told_of_them
select t.* from trait_last t join shown_anew a on a.product = t.product and a.id = t.id where t.kind = 1

-- name: shown
-- By what is <told>, a row for each trait of each.
select product, id,
       max(case when key = 'name' then text end) as name,
       max(case when key = 'email' then text end) as email,
       max(case when key = 'role' then text end) as role,
       coalesce(
           max(case when key = 'createdAt' then moment_day end),
           max(case when key = 'created_at' then moment_day end),
           max(case when key = 'created' then moment_day end)
       ) as created_day
from <told>
where kind = 1 and key in ('name', 'email', 'role', 'createdAt', 'created_at', 'created')
group by product, id
