-- How users are shown: their usual traits side by side, which everybody who looks at them needs. Derived from
-- `trait_last`, made again for the users a load touched.

create table shown (
    product integer not null, id bigint not null, name varchar, email varchar, role varchar, created_day integer
);

insert into shown
select product, id,
       max(case when key = 'name' then text end), max(case when key = 'email' then text end),
       max(case when key = 'role' then text end),
       coalesce(
           max(case when key = 'createdAt' then moment_day end),
           max(case when key = 'created_at' then moment_day end),
           max(case when key = 'created' then moment_day end)
       )
from trait_last
where kind = 1 and key in ('name', 'email', 'role', 'createdAt', 'created_at', 'created')
group by product, id;
