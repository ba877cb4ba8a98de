-- Who is known by what, as of a day. Values: product, kind (1 user, 2 account), key, text, json (the value as JSON
-- text), any_case, as_of (day). Places: people.

-- name: by_shown
select id
from {people}
where kind = :kind
  and ((:key = 'name' and name = :text) or (:key = 'email' and lower(email) = lower(:text)))

-- name: by_trait
select id
from (
    select id, arg_max(value, (sent_at, value <> 'null', value)) as value,
           arg_max(text, (sent_at, value <> 'null', value)) as text
    from trait
    where product = :product and kind = :kind and key = :key and day <= :as_of
    group by id
) as latest
where value <> 'null'
  and (value = :json or text = :text or (:any_case and lower(text) = lower(:text)))

-- name: owners
-- Who looks after accounts. Values: most. Places: people.
select distinct owner, lower(owner) as by_name from {people} where kind = 2 and owner <> '' order by by_name, owner limit :most
