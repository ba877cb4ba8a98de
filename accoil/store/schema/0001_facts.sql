-- Append-only facts. Days are whole days since 1970-01-01 in the product's time zone; times are ms since 1970, UTC.
-- Ids are hashes of (product, kind, text) below 2^53; 0 is nobody.

create table loaded (block bigint not null);                -- the number of the last journal block in here
insert into loaded values (0);

create table product (product integer not null, zone varchar not null);   -- the zone its days are counted in

create table name (                                         -- merge: min of first, max of last
    product integer not null, kind tinyint not null,        -- 1 user, 2 account, 3 event
    id bigint not null, name varchar not null,
    first_at bigint not null, last_at bigint not null, first_day integer not null
);

create table message (                                      -- merge: once per message id
    product integer not null, message_id ubigint not null, kind tinyint not null, sent_at bigint not null,
    day integer not null, user_id bigint not null, given_id bigint not null, event_id bigint not null
);

create table membership (                                   -- merge: set
    product integer not null, user_id bigint not null, account_id bigint not null,
    sent_at bigint not null, day integer not null
);

create table trait (                                        -- merge: the latest (sent_at, value) per day
    product integer not null, kind tinyint not null, id bigint not null, key varchar not null,
    day integer not null, sent_at bigint not null,
    value varchar not null,                                 -- as JSON text
    text varchar, number double, moment bigint, moment_day integer      -- the same as people read it; where it can be
);

-- Derived, made again for the users a load touched.

create table trait_last (                                   -- the latest row of each trait
    product integer not null, kind tinyint not null, id bigint not null, key varchar not null,
    day integer not null, text varchar, number double, moment_day integer, value varchar not null
);

create table span (                                         -- the membership in force; until_day is not in it
    product integer not null, user_id bigint not null, account_id bigint not null,
    from_day integer not null, until_day integer not null
);

create table counts (                                       -- merge: sum of n
    product integer not null, day integer not null, user_id bigint not null,
    given_id bigint not null,                               -- the account the messages named themselves
    account_id bigint not null,                             -- the account they count for
    event_id bigint not null, n bigint not null, last_at bigint not null
);

create table ever (                                         -- merge: min / max / sum
    product integer not null, user_id bigint not null, account_id bigint not null, event_id bigint not null,
    first_day integer not null, last_day integer not null, last_at bigint not null, n bigint not null
);
