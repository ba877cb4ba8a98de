-- Who counts under a definition, as of a day. Values: product, as_of (day); users, accounts (ids left out), domains.
-- Places: people (everyone as of the day), everyone, population. <holds>: the filter, as a
-- condition on x; <parts>: more columns.

-- name: everyone
-- Users with the account in force. The people may be those of a later day where no e-mail matters.
select p.id, f.account_id, case when len(:domains) > 0 then host_of(p.email) end as host
from {people} p
left join (
    select user_id, account_id
    from span
    where product = :product and from_day <= :as_of and until_day > :as_of
) as f on f.user_id = p.id
where p.kind = 1 and p.first_day <= :as_of

-- name: population
with hosts as (
    select distinct host from {everyone} where host is not null and len(:domains) > 0
),
internal as (
    select h.host
    from hosts h
    join (select unnest(:domains) as domain) as d on h.host = d.domain or ends_with(h.host, '.' || d.domain)
)
select x.id, x.account_id
from {everyone} as x
where x.id not in (select unnest(:users))
  and (x.account_id is null or x.account_id not in (select unnest(:accounts)))
  and (x.host is null or x.host not in (select host from internal))
  and <holds>

-- name: people
-- The same as everyone's people, without those who do not count and the accounts left out.
select *
from {people}
where (kind = 1 and id in (select id from {population}))
   or (kind = 2 and id not in (select unnest(:accounts)))

-- name: left_out
-- Why a user does not count; no row: not known by that day.
select x.id in (select unnest(:users)) as named,
       x.account_id is not null and x.account_id in (select unnest(:accounts)) as of_account,
       x.host is not null and x.host in (
           select e.host
           from {everyone} as e
           join (select unnest(:domains) as domain) as d on e.host = d.domain or ends_with(e.host, '.' || d.domain)
           where e.id = :id) as internal<parts>
from {everyone} as x
where x.id = :id
